/// Which JSON is meant: that of the protocols, or that in which AWS's SDKs are called from inside a service.
enum JSONForm {
    /// Names as the model has them for the wire, blobs as base64, times as their shape says.
    case wire
    /// Names of members with a capital, blobs as text, times as text; texts and blobs may be given as JSON, and a name
    /// that is none of the operation's is refused.
    ///
    /// Source: Step Functions developer guide, "AWS SDK service integrations": parameter names are in PascalCase.
    case sdk

    /// What a member is called.
    func name(of member: Member) -> String {
        switch self {
        case .wire: member.wireName
        case .sdk: member.name.prefix(1).uppercased() + member.name.dropFirst()
        }
    }
}
