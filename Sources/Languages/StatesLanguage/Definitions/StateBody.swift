import Core

/// What a state of each kind does.
package indirect enum StateBody: Sendable {
    case task(TaskBody)
    /// The fixed result, where there is one.
    case pass(result: JSON?)
    case choice(ChoiceBody)
    case wait(WaitBody)
    case succeed
    case fail(FailBody)
    case parallel([Flow])
    case map(MapBody)
}
