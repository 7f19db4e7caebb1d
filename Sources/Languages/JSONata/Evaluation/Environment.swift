import Core

/// The variables of a block or a call, and those around it.
final class Environment {
    private let outer: Environment?
    private var names: [String]
    private var values: [Value]
    private var index: [ExactKey: Int] = [:]

    /// Few names are searched; an index pays only for more.
    private static let indexedFrom = 12

    init(inside outer: Environment?, names: [String] = [], values: [Value] = []) {
        self.outer = outer
        self.names = names
        self.values = values
        if names.count >= Self.indexedFrom { rebuildIndex() }
    }

    /// The value of a variable; `nil` where none has the name.
    func value(of name: String) -> Value? {
        var environment: Environment? = self
        while let here = environment {
            if let place = here.place(of: name) { return here.values[place] }
            environment = here.outer
        }
        return nil
    }

    /// Gives a variable of this environment a value.
    func bind(_ name: String, _ value: Value) {
        if let place = place(of: name) {
            values[place] = value
            return
        }
        names.append(name)
        values.append(value)
        if names.count == Self.indexedFrom {
            rebuildIndex()
        } else if names.count > Self.indexedFrom {
            index[ExactKey(text: name)] = names.count - 1
        }
    }

    /// Forgets everything, so that functions that know themselves are released.
    func clear() {
        names = []
        values = []
        index = [:]
    }

    /// Of parameters with the same name the last one counts.
    private func place(of name: String) -> Int? {
        if names.count >= Self.indexedFrom { return index[ExactKey(text: name)] }
        return names.lastIndex { ExactKey.same($0, name) }
    }

    private func rebuildIndex() {
        for (place, name) in names.enumerated() { index[ExactKey(text: name)] = place }
    }
}
