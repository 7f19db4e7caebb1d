import AccessPolicy
import BenchReport
import Core
import Glibc

/// Measures decisions over a thousand statements: `policy-bench [decisions of a round [shape]] [--json]`.
///
/// Each shape is as unkind as its name says; a round of every shape is thrown away first. Times are those of the
/// processor, so that what else the machine does is not counted.
@main enum PolicyBench {
    static func main() throws {
        let report = Report(isJSON: CommandLine.arguments.contains("--json"))
        let arguments = CommandLine.arguments.filter { $0 != "--json" }
        let count = arguments.count > 1 ? Int(arguments[1]) ?? 20_000 : 20_000
        let account = try AccountID("111122223333")
        for shape in Shape.allCases where arguments.count < 3 || arguments[2] == "\(shape)" {
            let authorization = try Authorization(identity: shape.policies())
            let request = AccessRequest(
                .user(account, arn: "arn:aws:iam::111122223333:user/ada", id: "AIDAADA0000000000000"),
                ActionName("lambda:InvokeFunction"), on: Shape.resource, of: account, tags: TagFilter([tags]))
            _ = times(count, authorization, request)
            let sorted = times(count, authorization, request).sorted()
            report.row("policy p50, \(shape.rawValue)", sorted[count / 2], "us")
            report.row("policy p99, \(shape.rawValue)", sorted[count * 99 / 100], "us", bound: 50)
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

    /// As many as a user or role may have, and the one that a variable fits.
    private static let tags = PrincipalTags(
        Dictionary(uniqueKeysWithValues: (0..<50).map { ("tag-\($0 * 20)", $0 == 49 ? "task-980" : "shipping") }))

    private static func lookUp(_ key: ContextKey) -> ContextValue? {
        if key.isPrincipalTag { return tags.value(of: key).map { .text($0) } }
        return switch key.name {
        case "aws:sourceip": .text("203.0.113.9")
        case "aws:useragent":
            .text("aws-cli/2.17.0 md/awscrt#0.21.2 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.12")
        case "aws:sourcearn": .text("arn:aws:events:us-east-1:111122223333:rule/nightly")
        case "aws:currenttime": .text("2026-11-21T12:00:00Z")
        case "x:count": .number(5000)
        default: nil
        }
    }
}
