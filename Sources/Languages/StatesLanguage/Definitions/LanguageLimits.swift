/// The bounds of definitions, data and executions; those of the service where it has them.
package enum LanguageLimits {
    /// How large a definition may be, in bytes.
    package static let definition = 1_048_576
    /// How deep objects and arrays of a definition may nest.
    package static let definitionDepth = 100
    /// How many states a definition may have, with those of branches and maps.
    package static let states = 10_000
    /// How deep branches and maps may nest.
    package static let flowDepth = 20
    /// How many characters the name of a state may have.
    package static let stateName = 80
    /// How many rules, retriers or catchers a state may have, and how many parts a condition.
    package static let rules = 1_000
    /// How deep conditions may nest.
    package static let conditionDepth = 30
    /// How large input and output of a state may be, in bytes.
    package static let payload = 262_144
    /// How deep objects and arrays of input and output may nest.
    package static let payloadDepth = 200
    /// How large all variables of an execution may be together, in bytes.
    package static let variables = 10_485_760
    /// How deep calls of intrinsic functions may nest.
    package static let intrinsicDepth = 10
    /// How many events the history of an execution may have.
    package static let history = 25_000
    /// How many items of a map in the execution itself are dealt with at a time.
    package static let inlineConcurrency = 40
    /// The largest number of seconds that can be waited, or attempts that can be made.
    package static let seconds = 99_999_999
    /// How many diagnostics are given.
    package static let diagnostics = 100
}
