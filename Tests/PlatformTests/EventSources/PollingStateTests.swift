import Testing

@testable import Platform

@Suite struct PollingStateTests {
    @Test func `one gathers at a time`() {
        var state = PollingState()
        #expect(state.begin() == true)
        #expect(state.begin() == false)
        #expect(state.took(cap: 100) == true)
        #expect(state.isGathering && state.working == 1)
        #expect(state.finished(.done, cap: 100) == false)
        state.stopped()
        #expect(state.isIdle)
    }

    @Test func `nobody gathers while all room is in use, and who has room again does`() {
        var state = PollingState()
        #expect(state.begin() == true)
        #expect(state.took(cap: 2) == true)
        #expect(state.took(cap: 2) == false)
        #expect(!state.isGathering)
        #expect(state.finished(.done, cap: 2) == true)
        #expect(state.finished(.done, cap: 2) == false)
    }

    @Test func `room grows while batches wait, and goes when there is none or nothing comes`() {
        var state = PollingState()
        #expect(state.begin() == true)
        for _ in 1..<PollingState.first { #expect(state.took(cap: 1000) == true) }
        #expect(state.took(cap: 1000) == false)
        #expect(state.finished(.done, cap: 1000) == true)
        #expect(state.limit == PollingState.first + 1)
        #expect(state.took(cap: 1000) == true)
        #expect(state.took(cap: 1000) == false)
        #expect(state.finished(.throttled, cap: 1000) == false)
        #expect(state.limit == (PollingState.first + 1) / 2)
        for _ in 0..<20 { state.foundNothing() }
        #expect(state.limit == (PollingState.first + 1) / 2)
    }

    @Test func `a function that lost its room is still looked after`() {
        var state = PollingState()
        #expect(state.begin() == true)
        #expect(state.took(cap: 1) == false)
        #expect(state.finished(.throttled, cap: 0) == true)
    }
}
