import AccessPolicy
import Core
import Glibc

/// Measures decisions over a thousand statements: `policy-bench [decisions of a round]`; prints microseconds.
///
/// Each shape is as unkind as its name says; a round of every shape is thrown away first. Times are those of the
/// processor, so that what else the machine does is not counted.
@main enum PolicyBench {
    static func main() throws {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 20_000
        let account = try AccountID("111122223333")
        for shape in Shape.allCases {
            let start = now
            let policies = try shape.policies()
            let compiled = now - start
            let authorization = Authorization(identity: policies)
            let request = AccessRequest(
                .user(account, arn: "arn:aws:iam::111122223333:user/ada", id: "AIDAADA0000000000000"),
                ActionName("lambda:InvokeFunction"), on: shape.resource, of: account)
            _ = times(count, authorization, request)
            let sorted = times(count, authorization, request).sorted()
            let figures = [0.5, 0.99, 0.999].map { sorted[Int(Double(sorted.count - 1) * $0)] }
            print(
                shape.rawValue, "compiled in \(Int(compiled)) µs;",
                "p50 \(figures[0].rounded()), p99 \(figures[1].rounded()), p99.9 \(figures[2].rounded()) µs;",
                authorization.decide(request) { _ in nil }.isAllowed ? "allowed" : "denied")
        }
    }

    private static func times(_ count: Int, _ authorization: Authorization, _ request: AccessRequest) -> [Double] {
        var times: [Double] = []
        times.reserveCapacity(count)
        var allowed = 0
        for _ in 0..<count {
            let start = now
            if authorization.decide(request, lookUp).isAllowed { allowed += 1 }
            times.append(now - start)
        }
        precondition(allowed == 0 || allowed == count)
        return times
    }

    /// Microseconds that this thread has run.
    private static var now: Double {
        var time = timespec()
        // SAFETY: the call writes the one value that it is given, and this clock is always there.
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    private static func lookUp(_ key: ContextKey) -> ContextValue? {
        key.name == "aws:sourceip" ? .text("203.0.113.9") : nil
    }
}

/// How a thousand statements are spread.
enum Shape: String, CaseIterable {
    case services = "20 policies of 50, 40 services: "
    case single = "1000 policies of 1, 40 services: "
    case wildcards = "20 policies of 50, lambda:Inv*: "
    case functions = "20 policies of 50, each another function, exactly this action: "
    case prefixes = "20 policies of 50, each another function's versions: "
    case everything = "20 policies of 50, Action *: "
    case conditions = "20 policies of 50, this action and function, a condition on the address: "
    case variables = "20 policies of 50, this action, a variable in the resource: "

    var resource: String { "arn:aws:lambda:us-east-1:111122223333:function:orders" }

    func policies() throws -> [NamedPolicy] {
        let size = self == .single ? 1 : 50
        return try (0..<(1000 / size)).map { number in
            let statements = (0..<size).map { statement(number * size + $0) }.joined(separator: ",")
            let text = #"{"Version":"2012-10-17","Statement":["# + statements + "]}"
            return try NamedPolicy("policy-\(number)", Policy(parsing: text, use: .identity))
        }
    }

    private func statement(_ number: Int) -> String {
        let function = "arn:aws:lambda:us-east-1:111122223333:function:"
        let effect = number % 10 == 0 ? "Deny" : "Allow"
        let (action, resource) =
            switch self {
            case .services, .single: ("service\(number % 40):Action\(number)", "*")
            case .wildcards: ("lambda:Inv*", "\(function)task-\(number)-*")
            case .functions: ("lambda:InvokeFunction", "\(function)task-\(number)")
            case .prefixes: ("lambda:InvokeFunction", "\(function)task-\(number):*")
            case .everything: ("*", "arn:aws:lambda:*:*:function:task-\(number)*")
            case .conditions: ("lambda:InvokeFunction", "\(function)orders")
            case .variables: ("lambda:*", "\(function)${aws:username}-\(number)")
            }
        let condition = self == .conditions ? #","Condition":{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}"# : ""
        return #"{"Effect":"\#(effect)","Action":"\#(action)","Resource":"\#(resource)"\#(condition)}"#
    }
}
