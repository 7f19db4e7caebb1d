import AccessPolicy
import Core
import Glibc

/// Measures decisions over a thousand statements; prints microseconds: `policy-bench [decisions of a round [shape]]`.
///
/// Each shape is as unkind as its name says; a round of every shape is thrown away first. Times are those of the
/// processor, so that what else the machine does is not counted.
@main enum PolicyBench {
    static func main() throws {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 20_000
        let account = try AccountID("111122223333")
        for shape in Shape.allCases where CommandLine.arguments.count < 3 || CommandLine.arguments[2] == "\(shape)" {
            let start = now
            let policies = try shape.policies()
            let compiled = now - start
            let authorization = Authorization(identity: policies)
            let request = AccessRequest(
                .user(account, arn: "arn:aws:iam::111122223333:user/ada", id: "AIDAADA0000000000000"),
                ActionName("lambda:InvokeFunction"), on: Shape.resource, of: account)
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
        switch key.name {
        case "aws:sourceip": .text("203.0.113.9")
        case "aws:useragent":
            .text("aws-cli/2.17.0 md/awscrt#0.21.2 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.12")
        case "aws:sourcearn": .text("arn:aws:events:us-east-1:111122223333:rule/nightly")
        case "aws:currenttime": .text("2026-11-21T12:00:00Z")
        case "aws:principaltag": .text("shipping")
        case "x:count": .number(5000)
        default: nil
        }
    }
}
