import Foundation

/// How much longer than usual the tests are to look: the rounds in `MARTLET_SOAK`, set by `make soak`.
enum Soak {
    static let rounds = ProcessInfo.processInfo.environment["MARTLET_SOAK"].flatMap { Int($0) } ?? 0
}
