import Core
import Testing

@testable import Platform

struct LineageAlertsTests {
    @Test func `each used-up budget of a lineage is told once`() {
        var alerts = LineageAlerts()
        let (first, second) = (LineageID(), LineageID())
        let asked: [(LineageBudget.Item, LineageID)] = [
            (.calls, first), (.calls, first), (.depth, first), (.calls, second), (.depth, first),
        ]
        let news = asked.map { alerts.isNews($0.0, $0.1) }
        #expect(news == [true, false, true, true, false])
    }

    @Test func `what is told again and again is remembered, however many others there are`() {
        var alerts = LineageAlerts(limit: 10)
        let often = LineageID()
        var told = alerts.isNews(.calls, often) ? 1 : 0
        for _ in 0..<1000 {
            let other = alerts.isNews(.calls, LineageID())
            #expect(other)
            if alerts.isNews(.calls, often) { told += 1 }
        }
        #expect(told == 1)
    }

    @Test func `only budgets are news`() {
        var state = GovernorState()
        let refusals: [GovernorRefusal] = [
            .stopped(GovernorFixture.rule(.everything, .stop)), .tooManyLineages(limit: 1),
            .overBudget(.time, LineageBudget(), LineageID()),
        ]
        let news = refusals.map { state.isNews($0) }
        #expect(news == [false, false, true])
    }
}
