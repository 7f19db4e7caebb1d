import Core
import Foundation
import StatesLanguage
import Testing

@testable import Platform

/// Executions of earlier versions mean the same to this one: what runs now may have begun before an update.
///
/// With MARTLET_RECORD=1 the executions are recorded anew, which is right only where no version was released between.
struct RecordedExecutionTests {
    @Test(arguments: RecordedExecution.names)
    func `an execution that was kept means what it meant`(name: String) throws {
        let recorded = try RecordedExecution(name)
        var live = try RecordedExecution.execution(recorded.definition, input: recorded.input, at: recorded.started)
        var events = live.start().events
        for bytes in recorded.journal {
            let entry = try JournalEntry(bytes)
            #expect(entry.bytes == bytes)
            switch entry.event {
            case .resumed: events += live.resume(at: entry.time).events
            case .redriven: events += live.redrive(at: entry.time).events
            case .occurred(let occurrence): events += live.take([occurrence], at: entry.time).events
            }
        }
        #expect(events.map { String(decoding: $0.bytes, as: UTF8.self) } == recorded.history)
        #expect(!live.isRunning)
    }

    @Test func `there is something to compare with`() { #expect(RecordedExecution.names.count >= 6) }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["MARTLET_RECORD"] != nil), arguments: machines.indices)
    func `recording`(index: Int) throws {
        let (name, definition) = Self.machines[index]
        let input: JSON = ["n": 3, "items": [1, 2, 3], "text": "né"]
        let started = Instant(milliseconds: 1_795_176_000_000)
        var live = try RecordedExecution.execution(definition, input: input, at: started)
        var stretch = live.start()
        var (journal, history, now) = ([JournalEntry](), stretch.events, started)
        while live.isRunning {
            now = now.advanced(milliseconds: 1500)
            if live.resumes {
                stretch = live.resume(at: now)
            } else {
                // The first that is open: the time passes, and tasks give what they got, or fail where they are to.
                guard let (number, work) = live.open.min(by: { $0.key < $1.key }) else { break }
                var reports: [Occurrence] = [.timerFired(work: number)]
                if case .task(let order) = work {
                    let isBad = order.arguments["fail"]?.bool == true
                    reports = [
                        .taskStarted(work: number),
                        isBad
                            ? .taskFailed(work: number, error: "Odd", cause: "It is odd.")
                            : .taskSucceeded(work: number, output: order.arguments),
                    ]
                }
                stretch = live.take(reports, at: now)
            }
            journal += stretch.entries
            history += stretch.events
        }
        try RecordedExecution.record(
            name, definition, input: input, started: started, journal: journal, history: history)
    }

    private static let function = WorkflowFixture.function
    private static let machines: [(String, String)] = [
        (
            "passes",
            #"{"StartAt":"A","States":{"A":{"Type":"Pass","Result":1,"ResultPath":"$.a","Next":"B"},"B":{"Type":"Succeed"}}}"#
        ),
        (
            "retries",
            #"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"\#(function)","Parameters":{"fail":true},"Retry":[{"ErrorEquals":["Odd"],"JitterStrategy":"FULL","MaxAttempts":2}],"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":"W"}],"End":true},"W":{"Type":"Wait","Seconds":5,"Next":"F"},"F":{"Type":"Fail","Error":"E","Cause":"C"}}}"#
        ),
        (
            "parallel",
            #"{"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"\#(function)","End":true}}},{"StartAt":"B","States":{"B":{"Type":"Wait","Seconds":1,"Next":"C"},"C":{"Type":"Pass","End":true}}}]}}}"#
        ),
        (
            "map",
            #"{"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.items","MaxConcurrency":2,"End":true,"ItemProcessor":{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f","Payload.$":"$"},"End":true}}}}}}"#
        ),
        (
            "jsonata",
            #"{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Pass","Assign":{"id":"{% $uuid() %}","r":"{% $random() %}","at":"{% $now() %}"},"Next":"W"},"W":{"Type":"Wait","Seconds":"{% $states.input.n %}","Next":"C"},"C":{"Type":"Choice","Choices":[{"Condition":"{% $r < 2 %}","Next":"B"}],"Default":"B"},"B":{"Type":"Pass","Output":{"id":"{% $id %}","again":"{% $uuid() %}"},"End":true}}}"#
        ),
        (
            "intrinsics",
            #"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"u.$":"States.UUID()","m.$":"States.MathRandom(1, 1000000)","f.$":"States.Format('{} {}', $.text, $.n)"},"Next":"W"},"W":{"Type":"Wait","Seconds":1,"Next":"B"},"B":{"Type":"Pass","Parameters":{"u.$":"States.UUID()","was.$":"$.u"},"End":true}}}"#
        ),
        (
            "loop",
            #"{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Pass","Assign":{"n":0},"Next":"B"},"B":{"Type":"Pass","Assign":{"n":"{% $n + 1 %}"},"Next":"C"},"C":{"Type":"Choice","Choices":[{"Condition":"{% $n < 300 %}","Next":"B"}],"Default":"D"},"D":{"Type":"Succeed"}}}"#
        ),
    ]
}
