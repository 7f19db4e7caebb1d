import Core

/// What becomes of an asynchronous call after an attempt.
///
/// Source: AWS Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation": function
/// errors are retried after one and two minutes, throttles and platform errors with a growing delay of up to five minutes,
/// nothing beyond the event's greatest age.
package struct RetryPolicy: Sendable {
    enum Attempt: Sendable {
        case succeeded
        case failed(kind: String)
        /// No instance ran it.
        case notRun(reason: String)
        /// The governor did not let it begin now.
        case held
        /// The governor will never let it begin: its lineage has used this up.
        case refused(budget: LineageBudget.Item)
    }

    enum Decision: Equatable, Sendable {
        case done
        case retry(after: Duration, countsAsError: Bool)
        case deadLetter(reason: String)
    }

    /// Delays before the first and second retry of a function error; the last one serves for all that follow.
    package var errorDelays: [Duration] = [.seconds(60), .seconds(120)]
    package var firstThrottleDelay: Duration = .seconds(1)
    package var lastThrottleDelay: Duration = .seconds(300)
    /// Short, so that what was stopped goes on as soon as it may; the lanes see to it that few calls ask in vain.
    package var heldDelay: Duration = .milliseconds(500)

    package init() {}

    func decide(
        _ attempt: Attempt, item: WorkItem, attempts: Int, settings: EventInvokeConfiguration, now: Instant
    ) -> Decision {
        let age = (now.milliseconds - item.accepted.milliseconds) / 1000
        switch attempt {
        case .succeeded: return .done
        case .failed(let kind):
            guard item.errors < settings.retries else { return .deadLetter(reason: "RetriesExhausted: \(kind)") }
            let delay = errorDelays.isEmpty ? .zero : errorDelays[min(item.errors, errorDelays.count - 1)]
            return bounded(.retry(after: delay, countsAsError: true), delay, age, settings)
        case .notRun:
            let delay = min(firstThrottleDelay * (1 << min(max(0, attempts - 1), 20)), lastThrottleDelay)
            return bounded(.retry(after: delay, countsAsError: false), delay, age, settings)
        case .held: return bounded(.retry(after: heldDelay, countsAsError: false), heldDelay, age, settings)
        case .refused(let budget): return .deadLetter(reason: "LineageBudgetExhausted: \(budget.rawValue)")
        }
    }

    /// Whether an event has waited for longer than its function wants.
    func isTooOld(_ item: WorkItem, _ settings: EventInvokeConfiguration, now: Instant) -> Bool {
        (now.milliseconds - item.accepted.milliseconds) / 1000 > settings.ageSeconds
    }

    static let tooOld = "EventAgeExceeded"

    private func bounded(
        _ retry: Decision, _ delay: Duration, _ age: Int64, _ settings: EventInvokeConfiguration
    ) -> Decision {
        age + delay.components.seconds > settings.ageSeconds ? .deadLetter(reason: Self.tooOld) : retry
    }
}
