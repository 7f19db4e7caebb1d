/// Why a mail was not taken.
package enum MailFailure: Error, Equatable, Sendable {
    /// The relay could not be called, or not spoken with any more.
    case call(EgressRefusal)
    /// The relay said no to this very mail, for good or for now.
    case refused(String, isFinal: Bool)
    /// The relay does not do what this mail needs.
    case cannot(String)
    /// The relay does not take mail from here, or speaks otherwise than it should: true of every mail.
    case unfit(String)

    /// Whether the same mail may be taken later: a relay that takes none at all may have been mended by then.
    package var isPassing: Bool {
        switch self {
        case .call, .unfit: true
        case .refused(_, let isFinal): !isFinal
        case .cannot: false
        }
    }

    /// What is wrong, for a person to read.
    package var reason: String {
        switch self {
        case .call(let refusal): refusal.reason
        case .refused(let reply, let isFinal):
            isFinal ? "The mail relay refused it: \(reply)" : "The mail relay does not take it now: \(reply)"
        case .cannot(let what): "The mail relay \(what)"
        case .unfit(let what): "The mail relay takes no mail: it \(what)"
        }
    }
}
