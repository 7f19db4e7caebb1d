import AccessPolicy
import Core

extension Principal {
    /// What conditions may ask about the credentials of who asks.
    ///
    /// A function, and a part of the platform that acts as a role, proves itself anew with each request, so its credentials
    /// are as old as that.
    /// Source: IAM user guide, "AWS global condition context keys"; Lambda developer guide, "lambda:SourceFunctionArn".
    func value(of key: ContextKey, in context: AccessContext) -> ContextValue? {
        guard key.tag == nil else { return nil }
        switch (key.name, self) {
        case ("aws:tokenissuetime", .session(let session)): return .instant(session.issued ?? context.time)
        case ("aws:tokenissuetime", .federatedUser(let federated)): return .instant(federated.issued)
        case ("aws:tokenissuetime", .function): return .instant(context.time)
        // Nobody here has a second factor; keys that are not temporary do not say so, as on AWS.
        case ("aws:multifactorauthpresent", .session), ("aws:multifactorauthpresent", .federatedUser),
            ("aws:multifactorauthpresent", .function):
            return .flag(false)
        case ("lambda:sourcefunctionarn", .function(let function)):
            return context.region.map {
                .text(Resource.function(function.account, $0, function.name, nil).text)
            }
        default: return nil
        }
    }
}
