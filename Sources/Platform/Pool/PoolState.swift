import Core

/// Why a call was not admitted.
///
/// The first two are the caller's and the function's limits, the third is the machine's.
package enum Throttle: Error, Equatable, Sendable {
    case account(limit: Int)
    case reserved(limit: Int)
    case host(budget: Int, needed: Int)
}

/// What a pool of sandboxes holds, and what to do next.
///
/// Pure: no clock, no tasks, no I/O. The pool does what the answers say. Memory is in MB. The sum of the memory limits of
/// all instances never exceeds the budget: idle instances make room, and a start waits until that room is really free.
package struct PoolState: Sendable {
    package typealias Ticket = Int

    /// What a call needs of the pool.
    package struct Need: Sendable {
        package let key: FunctionVersion.Identity
        package let memory: Int
        package let reserved: Int?
        /// Whether it is the unpublished version, of which only the newest revision is ever asked for again.
        package let isLatest: Bool

        /// Names what to run, how large it is, and its reserved concurrency if it has one.
        package init(key: FunctionVersion.Identity, memory: Int, reserved: Int?, isLatest: Bool) {
            self.key = key
            self.memory = memory
            self.reserved = reserved
            self.isLatest = isLatest
        }
    }

    /// What becomes of a call that asks for an instance.
    package enum Admission: Equatable, Sendable {
        /// An idle instance takes it now.
        case use(instance: Int)
        /// It waits for the instance that the pool is to start now.
        case start(instance: Int)
        /// It waits for an instance that is starting already, or until stopped instances have made room.
        case wait
        case throttled(Throttle)
    }

    /// An instance to be started, now that there is room.
    package struct Start: Equatable, Sendable {
        package let instance: Int
        package let ticket: Ticket

        package init(instance: Int, ticket: Ticket) {
            self.instance = instance
            self.ticket = ticket
        }
    }

    private struct Instance {
        let key: FunctionVersion.Identity
        let memory: Int
        /// Whether it has not been ready yet.
        var isStarting = true
        var isIdle = false
        var isStopping = false
        var isRetired = false
        var idleSince = 0
    }

    private struct FunctionPath: Hashable {
        let account: AccountID
        let name: FunctionName

        init(_ key: FunctionVersion.Identity) {
            account = key.account
            name = key.name
        }
    }

    private struct Waiting {
        let ticket: Ticket
        let need: Need
    }

    package let budget: Int
    package var accountLimit: Int
    /// Concurrency that functions have reserved for themselves; what is left is shared by the others.
    package var totalReserved = 0
    package private(set) var memory = 0
    package private(set) var inFlight = 0
    private var inFlightByFunction: [FunctionPath: Int] = [:]
    private var inFlightUnreserved = 0
    private var latest: [FunctionPath: FunctionVersion.Identity] = [:]
    private var instances: [Int: Instance] = [:]
    private var idle: [FunctionVersion.Identity: [Int]] = [:]
    private var waiting: [FunctionVersion.Identity: [Waiting]] = [:]
    private var starting: [FunctionVersion.Identity: Int] = [:]
    private var waitingForRoom: [Waiting] = []
    private var evictions: [Int] = []
    private var nextInstance = 1
    private var nextTicket = 1

    /// An empty pool on a machine that lends `budget` MB.
    package init(budget: Int, accountLimit: Int) {
        self.budget = budget
        self.accountLimit = accountLimit
    }

    package var instanceCount: Int { instances.count }

    /// Whether a call waits for an instance of this version to be ready.
    package func hasWaiter(_ key: FunctionVersion.Identity) -> Bool { waiting[key] != nil }

    /// Admits a call or refuses it; an admitted one ends with `finished`.
    package mutating func request(_ need: Need) -> (Ticket, Admission) {
        let ticket = nextTicket
        nextTicket += 1
        if let throttle = throttle(need) { return (ticket, .throttled(throttle)) }
        if let instance = idle[need.key]?.popLast() {
            instances[instance]?.isIdle = false
            count(need, by: 1)
            return (ticket, .use(instance: instance))
        }
        let waiter = Waiting(ticket: ticket, need: need)
        // The call for which an instance was started may have been taken by another one, which was done sooner.
        if starting[need.key, default: 0] > waiting[need.key, default: []].count {
            count(need, by: 1)
            waiting[need.key, default: []].append(waiter)
            return (ticket, .wait)
        }
        guard need.memory <= budget, makeRoom(for: need.memory) else {
            return (ticket, .throttled(.host(budget: budget, needed: need.memory)))
        }
        count(need, by: 1)
        if need.isLatest { replaceLatest(need.key) }
        guard memory + need.memory <= budget, waitingForRoom.isEmpty else {
            waitingForRoom.append(waiter)
            return (ticket, .wait)
        }
        return (ticket, .start(instance: start(waiter)))
    }

    /// Why a call could not be admitted now; nothing is counted.
    package func obstacle(to need: Need) -> Throttle? {
        if let throttle = throttle(need) { return throttle }
        guard idle[need.key]?.isEmpty ?? true else { return nil }
        let queued = waitingForRoom.reduce(0) { $0 + $1.need.memory }
        let freed = instances.values.reduce(0) { $1.isIdle || $1.isStopping ? $0 + $1.memory : $0 }
        return budget - memory - queued + freed >= need.memory ? nil : .host(budget: budget, needed: need.memory)
    }

    /// The call has its answer.
    package mutating func finished(_ need: Need) { count(need, by: -1) }

    /// The instance waits for work: the ticket of the call it takes, or `nil` and it is idle; `now` in any unit that grows.
    package mutating func ready(_ instance: Int, now: Int) -> Ticket? {
        guard let record = instances[instance], !record.isStopping, !record.isIdle else { return nil }
        started(instance)
        // A retired instance still serves those who came before it was: nobody else would.
        if let waiter = takeWaiter(record.key) { return waiter.ticket }
        instances[instance]?.isIdle = true
        instances[instance]?.idleSince = now
        if record.isRetired { evict(instance) } else { idle[record.key, default: []].append(instance) }
        return nil
    }

    /// The instance is gone, however it ended: its memory is free, and what waited for room may start.
    package mutating func ended(_ instance: Int) -> [Start] {
        started(instance)
        guard let record = instances.removeValue(forKey: instance) else { return [] }
        forgetIdle(instance, record.key)
        memory -= record.memory
        if instances.isEmpty { latest.removeAll() }
        var starts: [Start] = []
        while let waiter = waitingForRoom.first, memory + waiter.need.memory <= budget {
            waitingForRoom.removeFirst()
            starts.append(Start(instance: start(waiter), ticket: waiter.ticket))
        }
        return starts
    }

    /// A start failed: the ticket of the call that fails with it.
    package mutating func startFailed(_ instance: Int) -> Ticket? {
        guard let record = instances[instance] else { return nil }
        started(instance)
        return takeWaiter(record.key)?.ticket
    }

    /// Takes a call that nobody waits for any more out of the queues.
    package mutating func cancel(_ ticket: Ticket, _ key: FunctionVersion.Identity) {
        waiting[key]?.removeAll { $0.ticket == ticket }
        if waiting[key]?.isEmpty == true { waiting[key] = nil }
        waitingForRoom.removeAll { $0.ticket == ticket }
    }

    /// A stop was ordered from outside; no call is given to the instance any more.
    package mutating func stopping(_ instance: Int) {
        guard let record = instances[instance] else { return }
        started(instance)
        forgetIdle(instance, record.key)
        instances[instance]?.isIdle = false
        instances[instance]?.isStopping = true
    }

    /// Evicts what has been idle since `limit` or longer.
    package mutating func expire(idleSince limit: Int) {
        for (id, record) in instances where record.isIdle && !record.isStopping && record.idleSince <= limit {
            evict(id)
        }
    }

    /// Instances to stop, each named once.
    package mutating func takeEvictions() -> [Int] {
        defer { evictions.removeAll(keepingCapacity: true) }
        return evictions
    }

    private func throttle(_ need: Need) -> Throttle? {
        if let reserved = need.reserved {
            return inFlightByFunction[FunctionPath(need.key), default: 0] < reserved ? nil : .reserved(limit: reserved)
        }
        let limit = max(0, accountLimit - totalReserved)
        return inFlightUnreserved < limit ? nil : .account(limit: limit)
    }

    private mutating func count(_ need: Need, by change: Int) {
        inFlight += change
        if need.reserved == nil { inFlightUnreserved += change }
        let now = inFlightByFunction[FunctionPath(need.key), default: 0] + change
        inFlightByFunction[FunctionPath(need.key)] = now == 0 ? nil : now
    }

    /// Orders enough idle instances to stop that `needed` fits, counting what is stopping already; false if it never will.
    private mutating func makeRoom(for needed: Int) -> Bool {
        let queued = waitingForRoom.reduce(0) { $0 + $1.need.memory }
        var free = budget - memory - queued
        for record in instances.values where record.isStopping { free += record.memory }
        guard free < needed else { return true }
        let idle = instances.filter { $0.value.isIdle && !$0.value.isStopping }
        guard free + idle.reduce(0, { $0 + $1.value.memory }) >= needed else { return false }
        for (id, record) in idle.sorted(by: { $0.value.idleSince < $1.value.idleSince }) where free < needed {
            free += record.memory
            evict(id)
        }
        return true
    }

    private mutating func start(_ waiter: Waiting) -> Int {
        let id = nextInstance
        nextInstance += 1
        instances[id] = Instance(key: waiter.need.key, memory: waiter.need.memory)
        memory += waiter.need.memory
        starting[waiter.need.key, default: 0] += 1
        waiting[waiter.need.key, default: []].append(waiter)
        return id
    }

    /// The start of an instance is over, one way or the other.
    private mutating func started(_ instance: Int) {
        guard let record = instances[instance], record.isStarting else { return }
        instances[instance]?.isStarting = false
        let left = starting[record.key, default: 1] - 1
        starting[record.key] = left == 0 ? nil : left
    }

    /// Instances of an older revision get no new calls; idle ones go at once, busy ones when they are done.
    private mutating func replaceLatest(_ key: FunctionVersion.Identity) {
        let path = FunctionPath(key)
        guard let old = latest[path], old != key else {
            latest[path] = key
            return
        }
        latest[path] = key
        for (id, record) in instances where record.key == old {
            instances[id]?.isRetired = true
            if record.isIdle { evict(id) }
        }
    }

    private mutating func takeWaiter(_ key: FunctionVersion.Identity) -> Waiting? {
        guard var queue = waiting[key], !queue.isEmpty else { return nil }
        let waiter = queue.removeFirst()
        waiting[key] = queue.isEmpty ? nil : queue
        return waiter
    }

    private mutating func evict(_ instance: Int) {
        stopping(instance)
        evictions.append(instance)
    }

    private mutating func forgetIdle(_ instance: Int, _ key: FunctionVersion.Identity) {
        guard var list = idle[key], let position = list.firstIndex(of: instance) else { return }
        list.remove(at: position)
        idle[key] = list.isEmpty ? nil : list
    }
}
