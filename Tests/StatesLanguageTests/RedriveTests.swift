import Core
import Testing

@testable import StatesLanguage

/// Executions that go on after they have failed, timed out or been stopped.
struct RedriveTests {
    private static let task = #""Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage""#

    private static func player(_ states: String, top: String = "") throws -> Player {
        Player(
            try StateMachine(parsing: #"{"StartAt":"A",\#(top)"States":{\#(states)}}"#),
            input: ["items": [1, 2, 3]])
    }

    private static func failing(_ order: TaskOrder) -> [Occurrence] {
        [.taskFailed(work: order.work, error: "E", cause: "c")]
    }

    private static func succeeding(_ order: TaskOrder) -> [Occurrence] {
        [.taskSucceeded(work: order.work, output: "done")]
    }

    @Test func `a failed task is done again, and what came before is not`() throws {
        var player = try Self.player(
            #"""
            "A":{"Type":"Pass","Assign":{"v":1},"Next":"B"},
            "B":{\#(Self.task),"Parameters":{"n.$":"$$.Execution.RedriveCount","v.$":"$v","r.$":"$$.State.RetryCount"},
            "Retry":[{"ErrorEquals":["E"],"MaxAttempts":1}],"Next":"C"},"C":{"Type":"Succeed"}
            """#)
        player.play(Self.failing)
        #expect(player.execution.status == .failed(error: "E", cause: "c"))
        let before = player.history.count
        var arguments: [JSON] = []
        player.redrive { order in
            arguments.append(order.arguments)
            return arguments.count == 1 ? Self.failing(order) : Self.succeeding(order)
        }
        #expect(player.execution.status == .succeeded("done"))
        // Attempts are counted anew, so that the first failure is tried again.
        #expect(arguments == [["n": 1, "v": 1, "r": 0], ["n": 1, "v": 1, "r": 1]])
        let after = player.history[before...].map(\.type)
        #expect(after.prefix(2) == ["ExecutionRedriven", "TaskScheduled"])
        #expect(!after.contains("PassStateEntered") && !after.contains("TaskStateEntered"))
        let event = player.history[before]
        #expect(event.details["redriveCount"] == 1 && event.detailsName == "executionRedrivenEventDetails")
        #expect(player.history.map(\.id) == Array(1...player.history.count))
    }

    @Test func `only the branches that did not succeed are done again`() throws {
        let branch = { (name: String) in #"{"StartAt":"\#(name)","States":{"\#(name)":{\#(Self.task),"End":true}}}"# }
        var player = try Self.player(
            #""A":{"Type":"Parallel","Branches":[\#(branch("X")),\#(branch("Y")),\#(branch("Z"))],"End":true}"#)
        player.play { order in
            switch order.state {
            case "X": [.taskSucceeded(work: order.work, output: "first")]
            case "Y": Self.failing(order)
            default: []
            }
        }
        #expect(player.execution.status == .failed(error: "E", cause: "c"))
        var again: [String] = []
        player.redrive { order in
            again.append(order.state)
            return Self.succeeding(order)
        }
        #expect(again == ["Y", "Z"])
        #expect(player.execution.status == .succeeded(["first", "done", "done"]))
    }

    @Test func `items that failed and those that never began are done`() throws {
        var player = try Self.player(
            #"""
            "A":{"Type":"Map","ItemsPath":"$.items","MaxConcurrency":1,"End":true,
            "ItemProcessor":{"StartAt":"I","States":{"I":{\#(Self.task),"End":true}}}}
            """#)
        player.play { $0.arguments == 2 ? Self.failing($0) : [.taskSucceeded(work: $0.work, output: $0.arguments)] }
        #expect(player.execution.status == .failed(error: "E", cause: "c"))
        var again: [JSON] = []
        player.redrive { order in
            again.append(order.arguments)
            return [.taskSucceeded(work: order.work, output: order.arguments)]
        }
        #expect(again == [2, 3])
        #expect(player.execution.status == .succeeded([1, 2, 3]))
    }

    @Test func `an error that was caught is not gone back to`() throws {
        var player = try Self.player(
            #"""
            "A":{"Type":"Parallel","Branches":[{"StartAt":"X","States":{"X":{\#(Self.task),"End":true}}}],
            "Catch":[{"ErrorEquals":["E"],"Next":"B"}],"End":true},"B":{\#(Self.task),"End":true}
            """#)
        player.play(Self.failing)
        var again: [String] = []
        player.redrive { order in
            again.append(order.state)
            return Self.succeeding(order)
        }
        #expect(again == ["B"])
    }

    @Test func `an execution that timed out has its whole time again`() throws {
        var player = try Self.player(
            #""A":{\#(Self.task),"Next":"W"},"W":{"Type":"Wait","Seconds":10,"End":true}"#,
            top: #""TimeoutSeconds":15,"#)
        player.play()
        #expect(player.execution.status == .timedOut)
        player.redrive(Self.succeeding)
        #expect(player.execution.status == .succeeded("done"))
    }

    @Test func `a run of a distributed map goes on, and is not begun again`() throws {
        var player = try Self.player(
            #"""
            "A":{"Type":"Map","ItemsPath":"$.items","End":true,"ItemProcessor":{
            "ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
            "StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}}
            """#)
        player.play(mapRun: {
            [.mapRunStarted(work: $0.work, arn: "run"), .mapRunFailed(work: $0.work, error: "E", cause: nil)]
        })
        var run: String?
        player.redrive(mapRun: { order in
            run = order.redrivenRun
            return [
                .mapRunRedriven(work: order.work, arn: "run", count: 1),
                .mapRunSucceeded(work: order.work, output: [1]),
            ]
        })
        #expect(run == "run")
        #expect(player.execution.status == .succeeded([1]))
        #expect(player.history.filter { $0.type == "MapStateStarted" }.count == 1)
        #expect(player.history.contains { $0.type == "MapRunRedriven" })
    }

    @Test func `what has succeeded cannot be redriven, and no number of redrives outgrows the history`() throws {
        var player = try Self.player(#""A":{"Type":"Pass","End":true}"#)
        player.play()
        #expect(!player.execution.isRedrivable)
        let machine = try StateMachine(parsing: #"{"StartAt":"A","States":{"A":{"Type":"Fail","Error":"E"}}}"#)
        let time = Instant(milliseconds: 0)
        var failing = Execution(of: machine, identity: .test, input: 1, at: time, surroundings: .test)
        _ = failing.start()
        #expect(failing.isRedrivable)
        failing.nextEvent = LanguageLimits.history - 3
        while failing.isRedrivable { _ = failing.redrive(at: time) }
        #expect(failing.nextEvent == LanguageLimits.history + 1 || failing.nextEvent == LanguageLimits.history - 1)
        #expect(failing.redrive(at: time).isEmpty)
    }

    @Test func `data that is too large in a branch is that of all branches`() throws {
        let branch = { (name: String) in #"{"StartAt":"\#(name)","States":{"\#(name)":{\#(Self.task),"End":true}}}"# }
        var player = try Self.player(
            #""A":{"Type":"Parallel","Branches":[\#(branch("X")),\#(branch("Y"))],"End":true}"#)
        let large = JSON.string(String(repeating: "x", count: LanguageLimits.payload))
        player.play { $0.state == "X" ? Self.succeeding($0) : [.taskSucceeded(work: $0.work, output: large)] }
        var again: [String] = []
        player.redrive { order in
            again.append(order.state)
            return Self.succeeding(order)
        }
        #expect(again == ["X", "Y"])
    }
}
