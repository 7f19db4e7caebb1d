import CSplice
import Glibc
import Synchronization

/// Two sockets whose bytes the kernel passes on, in both directions, on the thread of a `SplicePump`.
///
/// What may pass is bounded here, where it passes: bytes of the call, and bytes that nobody has counted yet. Everything
/// that takes the lock only does what does not wait.
final class KernelSplice: Sendable {
    /// Why it ended by itself.
    enum Ending: Sendable {
        case passed
        case limit(EgressLimits.Limit)
    }

    /// What bounds it, and who is told.
    struct Terms: Sendable {
        /// Bytes that may still pass either way.
        let bytesOut: Int64
        let bytesIn: Int64
        /// Bytes of the call that are told and not counted yet.
        let uncounted: Int
        /// Has bytes charged; answers once, on any thread, when they count.
        let charge: @Sendable (_ bytes: Int, _ counted: @escaping @Sendable () -> Void) -> Void
        /// Told once when it has ended by itself.
        let ended: @Sendable (Ending) -> Void
    }

    private struct State {
        var out: SpliceLane
        var back: SpliceLane
        /// Bytes that have left: those nobody was told of, and those told and not counted yet.
        var untold = 0
        var uncounted = 0
        var isClosed = false
    }

    /// What is to be done when the lock is free.
    private enum Next {
        case wait
        case again
        /// By itself, or because it was cut.
        case over(Ending?)
    }

    private let function: CInt
    private let outside: CInt
    private let terms: Terms
    private let state: Mutex<State>
    /// Where it is watched, and by which name.
    private let place = Mutex<(set: CInt, id: UInt64)?>(nil)

    /// Steps before others have their turn.
    private static let turn = 8

    /// Takes two sockets over.
    init(function: CInt, outside: CInt, _ terms: Terms) {
        self.function = function
        self.outside = outside
        self.terms = terms
        state = Mutex(
            State(
                out: SpliceLane(from: function, to: outside, limit: terms.bytesOut),
                back: SpliceLane(from: outside, to: function, limit: terms.bytesIn),
                uncounted: terms.uncounted))
    }

    deinit {
        _ = close(function)
        _ = close(outside)
    }

    /// Bytes that have left and that have come.
    var bytes: (out: Int64, in: Int64) { state.withLock { ($0.out.taken, $0.back.taken) } }

    /// Is watched from now on.
    func watch(in set: CInt, as id: UInt64) -> Bool {
        place.withLock { $0 = (set, id) }
        return splice_watch(set, function, id, 0) == 0 && splice_watch(set, outside, id, 0) == 0
    }

    /// Ends it from outside: nothing more passes, and nobody is told.
    func cut() {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            _ = shutdown(function, CInt(SHUT_RDWR))
            _ = shutdown(outside, CInt(SHUT_RDWR))
        }
    }

    /// Has all charged that has left, and tries again what could not be done.
    func tick() {
        charge(state.withLock { Self.takeUntold(&$0, atLeast: 1) })
        wake()
    }

    /// Moves what there is; false when it is over.
    func advance(_ spare: inout SparePipes) -> Bool {
        let (next, untold) = state.withLock { state in
            (move(&state, &spare), Self.takeUntold(&state, atLeast: EgressCall.step))
        }
        charge(untold)
        switch next {
        case .wait: return true
        case .again:
            wake()
            return true
        case .over(let ending):
            if let ending { terms.ended(ending) }
            return false
        }
    }

    private func move(_ state: inout State, _ spare: inout SparePipes) -> Next {
        var hasMoved = true
        var turns = 0
        while hasMoved, !state.isClosed, turns < Self.turn {
            turns += 1
            let before = state.out.taken
            let steps = (
                state.out.step(mayTake: state.untold + state.uncounted <= EgressCall.window, &spare),
                state.back.step(mayTake: true, &spare)
            )
            state.untold += Int(state.out.taken - before)
            hasMoved = false
            for (step, limit) in [(steps.0, EgressLimits.Limit.bytesOut), (steps.1, .bytesIn)] {
                switch step {
                case .moved: hasMoved = true
                case .waits: break
                case .tooMuch: return over(&state, .limit(limit))
                case .broken: return over(&state, .passed)
                case .ended: if state.out.hasEnded, state.back.hasEnded { return over(&state, .passed) }
                }
            }
        }
        guard state.isClosed else { return hasMoved ? .again : .wait }
        return over(&state, nil)
    }

    private func over(_ state: inout State, _ ending: Ending?) -> Next {
        state.isClosed = true
        state.out.drop()
        state.back.drop()
        return .over(ending)
    }

    private static func takeUntold(_ state: inout State, atLeast least: Int) -> Int {
        guard state.untold >= least else { return 0 }
        let bytes = state.untold
        state.untold = 0
        state.uncounted += bytes
        return bytes
    }

    private func charge(_ bytes: Int) {
        guard bytes > 0 else { return }
        terms.charge(bytes) { [self] in counted(bytes) }
    }

    /// Bytes that were told count by now: more may leave.
    func counted(_ bytes: Int) {
        let mayGoOn = state.withLock { state in
            let wasBehind = state.untold + state.uncounted > EgressCall.window
            state.uncounted -= bytes
            return wasBehind && state.untold + state.uncounted <= EgressCall.window
        }
        if mayGoOn { wake() }
    }

    /// Has the pump look at it again.
    private func wake() {
        let isOpen = state.withLock { !$0.isClosed }
        if isOpen, let place = place.withLock({ $0 }) { _ = splice_watch(place.set, function, place.id, 1) }
    }
}

/// Where a call's splice is, once it has one: to be cut from any thread.
final class KernelHold: Sendable {
    private let held = Mutex<KernelSplice?>(nil)

    var splice: KernelSplice? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}
