/// Something that can be called.
final class Function {
    /// What it does.
    enum Body {
        case lambda(Lambda)
        case builtin(Builtin)
        case regex(RegularExpression)
        /// The next match of an expression in a text, from a place in its scalars.
        case nextMatch(RegularExpression, Subject, from: Int)
        /// A function with some arguments given; `nil` stands for those still to come.
        case partial(Function, [Value?])
        /// One after the other: `f ~> g`.
        case chain(Function, Function)
        case transform(Transform)
    }

    let body: Body
    /// How deep it holds others: taking it apart takes as much stack.
    let depth: Int

    /// To be made through `Meter`, which bounds the nesting.
    init(_ body: Body, depth: Int) {
        self.body = body
        self.depth = depth
    }

    /// How many arguments it takes, so that higher-order functions give it no more.
    var arity: Int {
        switch body {
        case .lambda(let lambda): lambda.parameters.count
        case .builtin(let builtin): builtin.arity
        case .regex: 2
        case .nextMatch: 0
        case .partial(let function, let arguments):
            arguments.isEmpty ? function.arity : arguments.count { $0 == nil }
        case .chain, .transform: 1
        }
    }
}
