/// An array, with what the language remembers about where it came from.
final class List {
    /// What an array is beside its elements.
    struct Traits: OptionSet {
        let rawValue: UInt8

        /// The result of a path or function: one of one element is that element.
        static let sequence = Traits(rawValue: 1)
        /// A sequence that stays an array though it has one element.
        static let keepsSingleton = Traits(rawValue: 2)
        /// Written with brackets as a step, so that a path does not flatten it.
        static let constructed = Traits(rawValue: 4)
        /// Its elements are rows of bindings, for `@`, `#` and `%`.
        static let tuples = Traits(rawValue: 8)
        /// Stands around an input that is an array, so that it is one context.
        static let wrapper = Traits(rawValue: 16)
    }

    let elements: [Value]
    let traits: Traits
    let shape: Shape

    /// To be made through `Meter`, which bounds size and nesting.
    init(_ elements: [Value], traits: Traits, shape: Shape) {
        self.elements = elements
        self.traits = traits
        self.shape = shape
    }

    /// The same elements with other traits.
    func with(_ traits: Traits) -> List { List(elements, traits: traits, shape: shape) }
}
