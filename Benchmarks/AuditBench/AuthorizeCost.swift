import AccessPolicy
import Core
import Glibc
import Platform

/// How much processor time it costs a warm call to be authorized: the decision about a user with policies that are loaded.
///
/// A call that is allowed leaves nothing in the audit trail, so this and the governor's part are all that governs it.
enum AuthorizeCost {
    /// Nanoseconds a call, the median of some rounds.
    static func measure() throws -> Double {
        let account = AccountID.standard
        let name = try EntityName("ada")
        let user = UserIdentity(account: account, id: "AIDAADA", name: name)
        let access = AccessControl()
        let policies = try (0..<4).map { try NamedPolicy("policy-\($0)", Policy(parsing: text($0), use: .identity)) }
        access.keep(
            HolderPolicies(arn: "\(user.arn)", id: user.id, policies: policies), of: .user(name),
            ifUnchangedSince: access.generation)
        let action = Action(service: "lambda", name: "InvokeFunction")
        let function = Resource.function(account, .standard, try FunctionName("resize"), nil)
        let count = 50_000
        var times: [Double] = []
        for _ in 0..<5 {
            let start = clock()
            for _ in 0..<count {
                let context = AccessContext(time: .now, sourceAddress: "127.0.0.1", region: .standard)
                guard case .allowed = access.decide(.user(user), action, on: function, in: context) else {
                    preconditionFailure("the policies allow it")
                }
            }
            times.append(Double(clock() - start) * 1_000_000_000 / Double(CLOCKS_PER_SEC) / Double(count))
        }
        return times.sorted()[2]
    }

    /// Ten statements, of which one of the last policy allows the call, under a condition.
    private static func text(_ number: Int) -> String {
        let statements = (0..<10).map { place in
            let function = place == 9 ? "resize" : "other-\(number)-\(place)"
            return #"{"Effect":"Allow","Action":["lambda:InvokeFunction","lambda:Get*"],"#
                + #""Resource":"arn:aws:lambda:us-east-1:000000000000:function:\#(function)*","#
                + #""Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}}"#
        }
        return #"{"Version":"2012-10-17","Statement":["# + statements.joined(separator: ",") + "]}"
    }
}
