import Core

/// One evaluation of an expression: a stack of frames, and what it may still use.
final class Evaluation {
    let meter: Meter
    let dialect: Dialect
    let now: Instant
    var randomness: Randomness
    private var frames: [any Frame] = []
    /// The environments that hold functions, which may hold the environments in turn.
    private var entangled: [Environment] = []
    private var transforms = 0
    private var builtins: [Builtin: Value] = [:]

    /// How many frames one evaluation inside another has at most, and how many more there may be.
    private static let framesOfDepth = 4
    private static let furtherFrames = 1000

    init(dialect: Dialect, limits: EvaluationLimits, now: Instant, seed: UInt64? = nil) {
        self.dialect = dialect
        self.now = now
        randomness = Randomness(seed: seed)
        meter = Meter(limits)
    }

    /// The value of a whole program.
    func value(
        of program: Program, input: JSON?, bindings: [String: JSON]
    ) throws(JSONataError) -> Value {
        let environment = Environment(inside: nil)
        for (name, json) in bindings.sorted(by: { $0.key < $1.key }) {
            environment.bind(name, try meter.value(of: json))
        }
        var root = Value.undefined
        if let input { root = try meter.value(of: input) }
        environment.bind("$", root)
        // An array is one context, not as many as it has elements.
        let context = root.list == nil ? root : try meter.list([root], [.sequence, .wrapper])
        return try run(
            .evaluate(
                program.root,
                Context(program: program, input: context, environment: environment, depth: 1, tailDepth: 1)))
    }

    /// Breaks the circles of functions that know themselves.
    func end() {
        frames = []
        for environment in entangled { environment.clear() }
        entangled = []
    }

    private func run(_ first: Step) throws(JSONataError) -> Value {
        do {
            return try steps(from: first)
        } catch {
            let isInside = frames.contains { $0 is EvalFrame }
            throw isInside && !error.code.hasPrefix("U") ? JSONataError("D3121", value: error.description) : error
        }
    }

    private func steps(from first: Step) throws(JSONataError) -> Value {
        var step = first
        let most = Self.framesOfDepth * meter.limits.depth + Self.furtherFrames
        while true {
            // A higher-order function at the end of another takes a frame and no depth.
            guard frames.count <= most else { throw JSONataError.tooDeep(at: nil, limit: meter.limits.depth) }
            switch step {
            case .evaluate(let node, let context): step = try begin(context.program.nodes[node], context)
            case .value(let value):
                guard let frame = frames.popLast() else { return value }
                step = try frame.resume(value, self)
            }
        }
    }

    /// Lets a frame wait for the next value.
    func push(_ frame: any Frame) { frames.append(frame) }

    /// An environment within another.
    func environment(
        inside outer: Environment, names: [String] = [], values: [Value] = []
    ) throws(JSONataError) -> Environment {
        try meter.charge(32 + 16 * names.count)
        let environment = Environment(inside: outer, names: names, values: values)
        if values.contains(where: { $0.shape.holdsFunctions }) { try keep(environment) }
        return environment
    }

    /// Gives a variable a value.
    func bind(_ name: String, _ value: Value, in environment: Environment) throws(JSONataError) {
        try meter.charge(32)
        if value.shape.holdsFunctions { try keep(environment) }
        environment.bind(name, value)
    }

    /// Holds on to an environment up to the end.
    private func keep(_ environment: Environment) throws(JSONataError) {
        try meter.charge(256)
        entangled.append(environment)
    }

    /// The rows of bindings that a step gave are variables for what follows.
    func environment(of tuple: Record, inside outer: Environment) throws(JSONataError) -> Environment {
        try environment(inside: outer, names: tuple.keys, values: tuple.values)
    }

    /// A number for a transformation, which marks the objects that it may change.
    func nextTransform() -> Int {
        transforms += 1
        return transforms
    }

    /// The value of a variable.
    func variable(_ name: String, _ context: Context) throws(JSONataError) -> Value {
        if name.isEmpty {
            guard case .array(let list) = context.input, list.traits.contains(.wrapper) else { return context.input }
            return list.elements.first ?? .undefined
        }
        if let value = context.environment.value(of: name) { return value }
        guard let builtin = Builtin.named(name, in: dialect) else { return .undefined }
        if let known = builtins[builtin] { return known }
        let function = try meter.function(.builtin(builtin))
        builtins[builtin] = function
        return function
    }
}
