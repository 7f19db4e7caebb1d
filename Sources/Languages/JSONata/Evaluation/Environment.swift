import Core

/// The variables of a block or a call, and those around it.
final class Environment {
    private let outer: Environment?
    private var names: [String]
    private var values: [Value]

    init(inside outer: Environment?, names: [String] = [], values: [Value] = []) {
        self.outer = outer
        self.names = names
        self.values = values
    }

    /// The value of a variable; `undefined` where none has the name.
    func value(of name: String) -> Value? {
        var environment: Environment? = self
        while let here = environment {
            if let place = here.names.lastIndex(where: { ExactKey.same($0, name) }) { return here.values[place] }
            environment = here.outer
        }
        return nil
    }

    /// Gives a variable of this environment a value.
    func bind(_ name: String, _ value: Value) {
        if let place = names.lastIndex(where: { ExactKey.same($0, name) }) {
            values[place] = value
        } else {
            names.append(name)
            values.append(value)
        }
    }

    /// Forgets everything, so that functions that know themselves are released.
    func clear() {
        names = []
        values = []
    }
}
