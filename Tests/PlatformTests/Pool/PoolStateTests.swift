import Core
import Platform
import Testing

private func identity(_ name: String, revision: String = "1") throws -> FunctionVersion.Identity {
    let function = try FunctionName(name)
    let role = try RoleARN("arn:aws:iam::000000000000:role/r")
    let configuration = FunctionConfiguration(
        name: function, runtime: try Runtime("python3.12"), handler: "a.b", role: role)
    return FunctionVersion(
        account: .standard, region: .standard, name: function, number: .latest, revision: revision,
        configuration: configuration, code: CodeReference(blob: "b", key: "k", sha256: "s", size: 1, unpackedSize: 1),
        lastModified: .now
    ).identity
}

private func need(
    _ name: String, memory: Int = 128, reserved: Int? = nil, revision: String = "1"
) throws -> PoolState.Need {
    PoolState.Need(key: try identity(name, revision: revision), memory: memory, reserved: reserved, isLatest: true)
}

@Test func `a returned sandbox goes to the one who waits`() throws {
    var pool = PoolState(budget: 1024, accountLimit: 10)
    let need = try need("a")
    #expect(pool.request(need) == (1, .start(instance: 1)))
    #expect(pool.request(need) == (2, .start(instance: 2)))
    #expect(pool.ready(1, now: 0) == 1)
    pool.finished(need)
    #expect(pool.ready(1, now: 1) == 2)
    #expect(pool.ready(2, now: 2) == nil)
    #expect(pool.request(need) == (3, .use(instance: 2)))
}

@Test func `reserved concurrency limits a function and the account limits the others`() throws {
    var pool = PoolState(budget: 4096, accountLimit: 3)
    pool.totalReserved = 1
    let reserved = try need("r", reserved: 1)
    _ = pool.request(reserved)
    #expect(pool.request(reserved).1 == .throttled(.reserved(limit: 1)))
    _ = pool.request(try need("a"))
    _ = pool.request(try need("b"))
    #expect(pool.request(try need("c")).1 == .throttled(.account(limit: 2)))
    pool.finished(reserved)
    #expect(pool.request(reserved).1 == .start(instance: 4))
}

@Test func `an idle instance makes room and the start waits until the room is free`() throws {
    var pool = PoolState(budget: 256, accountLimit: 10)
    let old = try need("old", memory: 200)
    _ = pool.request(old)
    _ = pool.ready(1, now: 0)
    pool.finished(old)
    _ = pool.ready(1, now: 0)
    let new = try need("new", memory: 200)
    #expect(pool.request(new) == (2, .wait))
    #expect(pool.takeEvictions() == [1])
    #expect(pool.memory == 200)
    #expect(pool.ended(1) == [PoolState.Start(instance: 2, ticket: 2)])
    #expect(pool.memory == 200)
    #expect(pool.ready(2, now: 1) == 2)
}

@Test func `a call that waits for a revision gets it though a newer one is asked for meanwhile`() throws {
    var pool = PoolState(budget: 1024, accountLimit: 10)
    #expect(pool.request(try need("a", revision: "1")) == (1, .start(instance: 1)))
    #expect(pool.request(try need("a", revision: "2")) == (2, .start(instance: 2)))
    #expect(pool.ready(1, now: 0) == 1)
    #expect(pool.ready(2, now: 0) == 2)
}

@Test func `a call that can never fit is told that the host is too small`() throws {
    var pool = PoolState(budget: 256, accountLimit: 10)
    #expect(pool.request(try need("big", memory: 512)).1 == .throttled(.host(budget: 256, needed: 512)))
    _ = pool.request(try need("a", memory: 256))
    #expect(pool.request(try need("b", memory: 128)).1 == .throttled(.host(budget: 256, needed: 128)))
}

@Test func `an instance of an older revision finishes its call and gets no other`() throws {
    var pool = PoolState(budget: 1024, accountLimit: 10)
    let old = try need("a", revision: "1")
    _ = pool.request(old)
    _ = pool.ready(1, now: 0)
    #expect(pool.request(try need("a", revision: "2")) == (2, .start(instance: 2)))
    #expect(pool.takeEvictions().isEmpty)
    pool.finished(old)
    #expect(pool.ready(1, now: 1) == nil)
    #expect(pool.takeEvictions() == [1])
}

@Test func `memory never exceeds the budget whatever happens`() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
        var pool = PoolState(budget: 1000, accountLimit: 20)
        var alive: Set<Int> = []
        for step in 0..<200 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                let memory = [100, 250, 400].randomElement(using: &random) ?? 100
                if case .start(let id) = pool.request(try need("f\(memory)", memory: memory)).1 { alive.insert(id) }
            case 1: if let id = alive.randomElement(using: &random) { _ = pool.ready(id, now: step) }
            case 2:
                if let id = alive.randomElement(using: &random) {
                    alive.remove(id)
                    alive.formUnion(pool.ended(id).map(\.instance))
                }
            default: pool.expire(idleSince: step - 20)
            }
            #expect(pool.memory <= 1000)
            #expect(pool.instanceCount == alive.count)
        }
    }
}

@Test func `parking follows demand and falls back`() {
    var parking = ParkingState<String, Int>(minimum: 1, maximum: 4, window: 3)
    #expect(parking.refill("python") == 1)
    #expect(parking.refill("python") == 0)
    parking.parked(1, "python")
    for _ in 0..<9 { _ = parking.take("python") }
    #expect(parking.refill("python") == 4)
    for id in 2...5 { parking.parked(id, "python") }
    #expect(parking.tick().isEmpty)
    #expect(parking.tick().isEmpty)
    #expect(parking.tick() == [2, 3, 4])
}

@Test func `a call waits for an instance that is on its way and has lost its own call to a faster one`() throws {
    var pool = PoolState(budget: 1024, accountLimit: 100)
    let need = try need("a")
    #expect(pool.request(need) == (1, .start(instance: 1)))
    #expect(pool.ready(1, now: 0) == 1)
    #expect(pool.request(need) == (2, .start(instance: 2)))
    pool.finished(need)
    #expect(pool.ready(1, now: 1) == 2)
    for ticket in 3...50 {
        #expect(pool.request(need) == (ticket, .wait))
        pool.finished(need)
        #expect(pool.ready(1, now: ticket) == ticket)
    }
    #expect(pool.memory == 256)
    #expect(pool.request(need) == (51, .wait))
    #expect(pool.startFailed(2) == 51)
    #expect(pool.request(need) == (52, .start(instance: 3)))
}
