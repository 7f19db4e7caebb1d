import Core
import Egress
import Logging
import NIOCore
import Sandboxing

/// Runs functions: owns the sandboxes, gives each call an instance, and sees to it that every call gets an answer.
///
/// The pool's executor is one event loop, the same that serves the front and the sandboxes' doors: a warm call passes from
/// the front's handler through the pool to the sandbox and back without a single hop between threads. What takes time
/// (starting, unpacking, parking) is ordered here and done in `run`.
package actor Pool {
    package typealias Reply = @Sendable (InvocationResult) -> Void

    /// What the pool asks of the rest of the platform.
    package struct Surroundings: Sendable {
        /// The zip files of a version: its code, then its layers in their order.
        package let code: @Sendable (FunctionVersion) async throws -> CodeBundle
        /// Takes one line of a function's log; never waits.
        package let log: @Sendable (LogStreamID, String) -> Void
        /// Serves a sandbox's connection that is not for the Runtime API; what causes a request on it is asked for when
        /// the request comes.
        package let handOver: HandOver
        /// What leads out of sandboxes, and on whose behalf a function calls, asked for every request.
        package let wayOut: WayOut
        /// Hears of each call that finds no room; never waits.
        package var throttled: @Sendable (Invocation, Throttle) -> Void = { _, _ in }

        /// The governed way out, and the event loops that serve it apart from the pool's own.
        package struct WayOut: Sendable {
            package let surroundings: EgressSurroundings
            package let eventLoops: any EventLoopGroup
            package let caller: @Sendable (FunctionName) -> EgressCaller?

            /// Takes what all ways out share.
            package init(
                surroundings: EgressSurroundings, eventLoops: any EventLoopGroup,
                caller: @escaping @Sendable (FunctionName) -> EgressCaller?
            ) {
                self.surroundings = surroundings
                self.eventLoops = eventLoops
                self.caller = caller
            }
        }

        package typealias HandOver =
            @Sendable (any Channel, FunctionVersion, _ cause: @escaping @Sendable () -> Cause?) -> EventLoopFuture<Void>

        /// Takes three closures and the way out.
        package init(
            code: @escaping @Sendable (FunctionVersion) async throws -> CodeBundle,
            log: @escaping @Sendable (LogStreamID, String) -> Void,
            handOver: @escaping HandOver, wayOut: WayOut
        ) {
            self.code = code
            self.log = log
            self.handOver = handOver
            self.wayOut = wayOut
        }
    }

    /// The zip files of one version.
    package struct CodeBundle: Sendable {
        package let code: [UInt8]
        package let layers: [[UInt8]]

        /// Takes the code and the layers, lowest first.
        package init(code: [UInt8], layers: [[UInt8]]) {
            self.code = code
            self.layers = layers
        }
    }

    /// Work that takes time, done by `run`.
    enum Order: Sendable {
        case start(instance: Int, FunctionVersion)
        /// Its first sandbox was not ready in time: another one, within the time of the call that waits.
        case startAgain(instance: Int, FunctionVersion)
        case park(RuntimeProgram)
        /// A version was deployed: its first call shall find its code unpacked.
        case unpack(FunctionVersion)
    }

    struct Pending {
        let invocation: Invocation
        let reply: Reply
    }

    package nonisolated let eventLoop: any EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        // SAFETY: the event loop outlives the actor, which holds it.
        unsafe eventLoop.executor.asUnownedSerialExecutor()
    }

    nonisolated let starter: Starter
    nonisolated let interpreters: Interpreters
    nonisolated let governor: Governor
    nonisolated let surroundings: Surroundings
    nonisolated let settings: PoolSettings
    nonisolated let logger: Logger
    nonisolated let orders: AsyncStream<Order>
    private nonisolated let ordering: AsyncStream<Order>.Continuation

    var state: PoolState
    var parking: ParkingState<RuntimeProgram, SandboxID>
    var trees = CodeTrees()
    var instances: [Int: Instance] = [:]
    var bySandbox: [SandboxID: Instance] = [:]
    /// The calls for which instances were started: they cause what functions ask for before their first call.
    private var causes: [Int: Cause] = [:]
    private var pending: [PoolState.Ticket: Pending] = [:]
    private(set) var isStopping = false

    /// A pool without sandboxes; `run` parks the first ones.
    package init(
        eventLoop: any EventLoop, starter: Starter, interpreters: Interpreters, settings: PoolSettings,
        governor: Governor, surroundings: Surroundings, logger: Logger
    ) {
        self.eventLoop = eventLoop
        self.starter = starter
        self.interpreters = interpreters
        self.settings = settings
        self.governor = governor
        self.surroundings = surroundings
        self.logger = logger
        (orders, ordering) = AsyncStream.makeStream(of: Order.self)
        state = PoolState(budget: settings.memoryBudget, accountLimit: settings.concurrency)
        parking = ParkingState(minimum: settings.parkedMinimum, maximum: settings.parkedMaximum)
    }

    /// Runs a call that was let through, or says at once why not; the reply comes exactly once.
    func place(_ invocation: Invocation, reply: @escaping Reply) {
        guard !isStopping else { return refuse(invocation, .unavailable(.shuttingDown), reply) }
        let call = Pending(invocation: invocation, reply: reply)
        while true {
            let (ticket, admission) = state.request(invocation.need)
            switch admission {
            case .use(let number):
                guard let instance = instances[number], let poller = takePoller(instance) else {
                    state.finished(invocation.need)
                    stop(number)
                    continue
                }
                dispatch(call, to: instance, poller)
            case .start(let number):
                pending[ticket] = call
                causes[number] = invocation.cause
                if !startAtOnce(number, invocation.version) {
                    order(.start(instance: number, invocation.version))
                }
            case .wait: pending[ticket] = call
            case .throttled(let throttle):
                surroundings.throttled(invocation, throttle)
                refuse(invocation, .throttled(throttle), reply)
            }
            break
        }
        stopEvicted()
    }

    /// Concurrency that functions of the account have reserved, in all.
    package func setTotalReserved(_ total: Int) { state.totalReserved = total }

    /// How many instances there are, in any state but parked, and how many calls are in flight.
    package var occupancy: (instances: Int, inFlight: Int) { (state.instanceCount, state.inFlight) }

    /// A version was deployed: unpacks its code soon, so that its first call need not wait for that.
    package nonisolated func deployed(_ version: FunctionVersion) { ordering.yield(.unpack(version)) }

    /// A function is gone: nothing of its code is kept for calls to come.
    package func deleted(_ function: FunctionName, of account: AccountID) { trees.drop(function, of: account) }

    /// What the function in a sandbox works on now.
    package func cause(of sandbox: SandboxID) -> Cause? { bySandbox[sandbox]?.cause }

    /// Takes no more calls.
    package func beginStopping() {
        isStopping = true
        ordering.finish()
    }

    func order(_ order: Order) { ordering.yield(order) }

    /// The runtime asks for an event: a waiting call gets the instance, or it is idle.
    func isReady(_ instance: Instance) {
        guard let number = instance.service?.number else { return }
        guard let ticket = state.ready(number, now: now) else {
            instance.service?.callBegan = nil
            return stopEvicted()
        }
        guard let call = pending.removeValue(forKey: ticket) else { return }
        guard let poller = takePoller(instance) else {
            state.finished(call.invocation.need)
            stop(number)
            return place(call.invocation, reply: call.reply)
        }
        dispatch(call, to: instance, poller)
    }

    /// The instance could not start: the call that waited for it longest is taken out, and ends with it.
    func takeFailed(_ number: Int) -> Pending? {
        guard let ticket = state.startFailed(number), let call = pending.removeValue(forKey: ticket) else { return nil }
        state.finished(call.invocation.need)
        return call
    }

    /// The instance is gone; what waited for its room may start.
    func forget(_ number: Int) {
        instances[number] = nil
        causes[number] = nil
        for start in state.ended(number) {
            guard let call = pending[start.ticket] else { continue }
            causes[start.instance] = call.invocation.cause
            order(.start(instance: start.instance, call.invocation.version))
        }
    }

    /// Ends an instance; its exit will be reported.
    func stop(_ number: Int) {
        state.stopping(number)
        if let instance = instances[number] { starter.stop(instance.id) }
    }

    func stopEvicted() {
        for number in state.takeEvictions() { stop(number) }
    }

    /// Milliseconds on a clock that only grows.
    var now: Int { Int(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    /// Who of those that wait for an event gets it: the first that is still there.
    private func takePoller(_ instance: Instance) -> RuntimeConnection? {
        instance.service?.isWaiting = false
        while !instance.pollers.isEmpty {
            let poller = instance.pollers.removeFirst()
            if poller.isAlive { return poller }
            poller.close()
        }
        return nil
    }

    /// The call for which an instance was started.
    func cause(ofStart number: Int) -> Cause? { causes[number] }

    /// Takes calls out of those that wait for an instance.
    func takePending(where isMeant: (Invocation) -> Bool) -> [Pending] {
        let found = pending.filter { isMeant($0.value.invocation) }.sorted { $0.key < $1.key }
        for (ticket, call) in found {
            pending[ticket] = nil
            state.cancel(ticket, call.invocation.version.identity)
            state.finished(call.invocation.need)
        }
        return found.map(\.value)
    }

    func refuse(_ invocation: Invocation, _ outcome: InvocationResult.Outcome, _ reply: Reply) {
        reply(InvocationResult(outcome: outcome, executedVersion: invocation.version.number, logTail: nil))
    }
}
