import Core
import Storage
import Testing

@testable import Platform

@Suite struct LogsTests {
    @Test func `lines of a sandbox are there at once for whoever reads`() async throws {
        let fixture = try LogsFixture()
        try fixture.write("one")
        try fixture.write("two", at: 1)
        #expect(try await fixture.texts() == ["one", "two"])
        let group = try await fixture.logs.group(fixture.group)
        #expect(group.retentionDays == nil)
        let streams = try await fixture.logs.streams(of: fixture.group, limit: 10).streams
        #expect(streams.map(\.name.text) == ["s"])
        #expect(streams[0].first == fixture.clock.now)
        #expect(streams[0].last == fixture.clock.now.advanced(milliseconds: 1))
    }

    @Test func `many who put into one stream at a time all succeed`() async throws {
        let fixture = try LogsFixture()
        _ = try await fixture.put([(0, "first")])
        let id = try fixture.stream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<64 {
                group.addTask {
                    _ = try await fixture.logs.put([(fixture.clock.now, "\(number)")], to: id)
                }
            }
            try await group.waitForAll()
        }
        #expect(Set(try await fixture.texts()) == Set(["first"] + (0..<64).map(String.init)))
    }

    @Test func `lines are stored without being asked for while it runs`() async throws {
        let fixture = try LogsFixture()
        let log = try fixture.stream().log
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await fixture.logs.run(accounts: [.standard], interval: .milliseconds(1)) }
            try fixture.write("line")
            while try await fixture.store.read(
                Partition(account: .standard), log, from: 0, limit: 1, maxBytes: 1
            ).entries.isEmpty {
                try await Task.sleep(for: .milliseconds(1))
            }
            group.cancelAll()
        }
    }

    @Test func `no line lies in the store in the clear`() async throws {
        let fixture = try LogsFixture()
        let marker = "MARKER-d1f4"
        try fixture.write(marker)
        _ = try await fixture.put([(0, marker)], to: "other")
        await fixture.logs.flush()
        for name in ["s", "other"] {
            let slice = try await fixture.store.read(
                Partition(account: .standard), fixture.stream(name).log, from: 0, limit: 10, maxBytes: 1 << 20)
            #expect(slice.entries.count == 1)
            for entry in slice.entries { #expect(!String(decoding: entry.value, as: UTF8.self).contains(marker)) }
        }
    }

    @Test func `a stored batch opens nowhere but in its place`() async throws {
        let fixture = try LogsFixture()
        try fixture.write("first")
        await fixture.logs.flush()
        try fixture.write("second")
        await fixture.logs.flush()
        let id = try fixture.stream()
        let partition = Partition(account: .standard)
        let entries = try await fixture.store.read(partition, id.log, from: 0, limit: 10, maxBytes: 1 << 20).entries
        // The two are exchanged, as somebody with access to the disk could do.
        _ = try await fixture.store.commit(
            partition, [.dropLog(id.log), .append(id.log, [entries[1].value, entries[0].value])])
        await #expect(throws: (any Error).self) { try await fixture.texts() }
    }

    @Test func `one stream that floods does not take the room of another`() async throws {
        let fixture = try LogsFixture(bufferBytes: 100_000, streamBytes: 10_000)
        for number in 0..<1000 { try fixture.write("flood \(number)", to: "loud") }
        try fixture.write("quiet", to: "quiet")
        #expect(try await fixture.texts(of: "quiet") == ["quiet"])
        let loud = try await fixture.texts(of: "loud")
        #expect(loud.count < 200)
        #expect(loud.last?.contains("lines are missing here") == true)
        #expect(fixture.logs.dropped == 1000 - (loud.count - 1))
        // Afterwards there is room again.
        try fixture.write("after", to: "loud")
        #expect(try await fixture.texts(of: "loud").last == "after")
    }

    @Test func `a line longer than an event becomes several`() async throws {
        let fixture = try LogsFixture()
        try fixture.write(String(repeating: "x", count: LogEvent.sizeLimit + 10))
        #expect(try await fixture.texts().map(\.utf8.count) == [LogEvent.sizeLimit, 10])
    }

    @Test func `pages lead forwards and backwards, and end with the token they began with`() async throws {
        let fixture = try LogsFixture()
        for number in 0..<25 {
            try fixture.write("\(number)", at: Int64(number))
            if number % 7 == 0 { await fixture.logs.flush() }
        }
        let id = try fixture.stream()
        var page = try await fixture.logs.events(of: id, start: .head, limit: 10)
        var texts = page.events.map(\.event.text)
        while true {
            let next = try await fixture.logs.events(of: id, start: .forward(page.forward), limit: 10)
            texts += next.events.map(\.event.text)
            if next.forward == page.forward { break }
            page = next
        }
        #expect(texts == (0..<25).map(String.init))

        page = try await fixture.logs.events(of: id, start: .tail, limit: 10)
        texts = page.events.map(\.event.text)
        #expect(texts == (15..<25).map(String.init))
        while true {
            let next = try await fixture.logs.events(of: id, start: .backward(page.backward), limit: 10)
            texts = next.events.map(\.event.text) + texts
            if next.backward == page.backward { break }
            page = next
        }
        #expect(texts == (0..<25).map(String.init))
        // From the end on, only what comes later is seen.
        let end = try await fixture.logs.events(of: id, start: .tail, limit: 10).forward
        try fixture.write("new", at: 100)
        let later = try await fixture.logs.events(of: id, start: .forward(end), limit: 10)
        #expect(later.events.map(\.event.text) == ["new"])
    }

    @Test func `a time window shows what lies in it`() async throws {
        let fixture = try LogsFixture()
        for number in 0..<20 {
            try fixture.write("\(number)", at: Int64(number) * 10)
            await fixture.logs.flush()
        }
        let now = fixture.clock.now
        let page = try await fixture.logs.events(
            of: fixture.stream(), from: now.advanced(milliseconds: 50), before: now.advanced(milliseconds: 80),
            start: .tail, limit: 100)
        #expect(page.events.map(\.event.text) == ["5", "6", "7"])
        let found = try await fixture.search {
            $0.from = now.advanced(milliseconds: 50)
            $0.through = now.advanced(milliseconds: 80)
        }
        #expect(found == ["5", "6", "7", "8"])
    }

    @Test func `a search merges the streams by time, whatever the size of its pages`() async throws {
        let fixture = try LogsFixture()
        var expected: [(Int64, String)] = []
        for number in 0..<60 {
            let time = Int64(number * 7 % 60)
            expected.append((time, "line \(time)"))
            try fixture.write("line \(time)", at: time, to: "s\(time % 4)-\(number % 3)")
            if number % 5 == 0 { await fixture.logs.flush() }
        }
        // A platform's stream never goes back in time, so a late line moves: compare what is there.
        let all = try await fixture.search()
        #expect(all.sorted() == expected.map(\.1).sorted())
        for limit in [1, 7, 59] { #expect(try await fixture.search { $0.limit = limit } == all) }
        let some = try await fixture.search { $0.prefix = "s1" }
        #expect(some == all.filter { (Int($0.dropFirst(5)) ?? 0) % 4 == 1 })
    }

    @Test func `events put out of order between calls are still found in order`() async throws {
        let fixture = try LogsFixture()
        _ = try await fixture.put([(-5000, "c"), (-4000, "d")])
        _ = try await fixture.put([(-9000, "a"), (-4500, "x")])
        _ = try await fixture.put([(-8000, "b")])
        #expect(try await fixture.search() == ["a", "b", "c", "x", "d"])
        #expect(try await fixture.search { $0.limit = 2 } == ["a", "b", "c", "x", "d"])
        #expect(try await fixture.texts() == ["a", "b", "c", "x", "d"])
    }

    @Test func `what is too old or too new is refused by its place in the list`() async throws {
        let fixture = try LogsFixture()
        let day: Int64 = 86_400_000
        let rejected = try await fixture.put([
            (-20 * day, "old"), (-15 * day, "old"), (-1, "good"), (3 * 3_600_000, "new"),
        ])
        #expect(rejected == Logs.Rejected(tooOldBefore: 2, tooNewFrom: 3))
        try await fixture.logs.setRetention(5, of: fixture.group)
        #expect(try await fixture.put([(-6 * day, "gone"), (0, "kept")]) == Logs.Rejected(expiredBefore: 1))
        #expect(try await fixture.texts() == ["good", "kept"])
        await #expect(throws: LogsError.notInOrder) { try await fixture.put([(5, "b"), (4, "a")]) }
        await #expect(throws: LogsError.batchTooLarge(limit: 1_048_576)) {
            try await fixture.put([(0, String(repeating: "x", count: 1_048_576))])
        }
    }

    @Test func `old events go when the group says so, and so do the streams of old sandboxes`() async throws {
        let fixture = try LogsFixture()
        let day: Int64 = 86_400_000
        try fixture.write("old", to: "sandbox")
        _ = try await fixture.put([(0, "old")], to: "made")
        await fixture.logs.flush()
        fixture.clock.advance(milliseconds: 2 * day)
        try fixture.write("new", to: "busy")
        _ = try await fixture.put([(0, "new")], to: "made")
        try await fixture.logs.setRetention(1, of: fixture.group)
        #expect(try await fixture.search() == ["new", "new"])
        await fixture.logs.enforceRetention(in: .standard)
        let names = try await fixture.logs.streams(of: fixture.group, limit: 10).streams.map(\.name.text)
        #expect(names == ["busy", "made"])
        let slice = try await fixture.store.read(
            Partition(account: .standard), fixture.stream("made").log, from: 0, limit: 10, maxBytes: 1 << 20)
        #expect(slice.first == 1)
        try await fixture.logs.setRetention(nil, of: fixture.group)
        #expect(try await fixture.search() == ["new", "new"])
    }

    @Test func `a deleted group takes its streams and its key with it`() async throws {
        let fixture = try LogsFixture()
        try fixture.write("line")
        await fixture.logs.flush()
        try await fixture.logs.deleteGroup(fixture.group)
        await #expect(throws: LogsError.groupMissing(fixture.group.name)) { try await fixture.texts() }
        await #expect(throws: KeysError.erased(resource: fixture.group.resource)) {
            try await fixture.keys.existingKey(for: fixture.group.resource, in: .standard)
        }
        // A sandbox that still runs makes both anew.
        try fixture.write("again")
        #expect(try await fixture.texts() == ["again"])
    }

    @Test func `names taken or unknown are told apart`() async throws {
        let fixture = try LogsFixture()
        let id = try fixture.stream()
        await #expect(throws: LogsError.groupMissing(fixture.group.name)) { try await fixture.logs.createStream(id) }
        try await fixture.logs.createGroup(fixture.group, tags: ["a": "b"])
        await #expect(throws: LogsError.groupExists(fixture.group.name)) {
            try await fixture.logs.createGroup(fixture.group)
        }
        await #expect(throws: LogsError.streamMissing(id.name)) { try await fixture.texts() }
        try await fixture.logs.createStream(id)
        await #expect(throws: LogsError.streamExists(id.name)) { try await fixture.logs.createStream(id) }
        try await fixture.logs.addTags(["c": "d"], to: fixture.group)
        try await fixture.logs.removeTags(["a"], from: fixture.group)
        #expect(try await fixture.logs.group(fixture.group).tags == ["c": "d"])
        await #expect(throws: LogsError.badRetention(days: 2)) {
            try await fixture.logs.setRetention(2, of: fixture.group)
        }
        try await fixture.logs.deleteStream(id)
        await #expect(throws: LogsError.streamMissing(id.name)) { try await fixture.logs.deleteStream(id) }
    }

    @Test func `groups and streams are listed page by page`() async throws {
        let fixture = try LogsFixture()
        for name in ["b", "a/x", "a/y", "c"] {
            try await fixture.logs.createGroup(LogGroupID(account: .standard, name: LogGroupName(name)))
        }
        var page = try await fixture.logs.groups(in: .standard, limit: 3)
        #expect(page.groups.map(\.name.text) == ["a/x", "a/y", "b"])
        page = try await fixture.logs.groups(in: .standard, after: page.next, limit: 3)
        #expect(page.groups.map(\.name.text) == ["c"])
        #expect(page.next == nil)
        #expect(try await fixture.logs.groups(in: .standard, prefix: "a/", limit: 2).groups.count == 2)
        #expect(try await fixture.logs.groups(in: .standard, containing: "y", limit: 2).groups.count == 1)

        for (offset, name) in ["p", "q", "r"].enumerated() { try fixture.write("x", at: Int64(-offset), to: name) }
        for (order, descending, expected) in [
            (Logs.StreamOrder.name, false, ["p", "q", "r"]), (.name, true, ["r", "q", "p"]),
            (.newest, true, ["p", "q", "r"]), (.newest, false, ["r", "q", "p"]),
        ] {
            var names: [String] = []
            var after: String?
            repeat {
                let page = try await fixture.logs.streams(
                    of: fixture.group, order: order, descending: descending, after: after, limit: 2)
                names += page.streams.map(\.name.text)
                after = page.next
            } while after != nil
            #expect(names == expected)
        }
    }

    @Test func `a follower sees lines as they are stored`() async throws {
        let fixture = try LogsFixture()
        let interest = LogInterest(
            groups: [fixture.group], prefixes: ["s"], pattern: try FilterPattern("ERROR"))
        var lines = try fixture.logs.follow(interest).makeAsyncIterator()
        try fixture.write("fine")
        try fixture.write("ERROR one")
        try fixture.write("ERROR elsewhere", to: "t")
        await fixture.logs.flush()
        #expect(await lines.next()?.events.map(\.event.text) == ["ERROR one"])
    }

    @Test func `a tap holds lines until they are taken, and goes when it is let go`() async throws {
        let fixture = try LogsFixture()
        var tap: LogTap? = try fixture.logs.tap(LogInterest(groups: [fixture.group]))
        for number in 0..<600 {
            try fixture.write("\(number)")
            await fixture.logs.flush()
        }
        let taken = try #require(tap?.take())
        #expect(taken.lines.count == 500)
        #expect(taken.isSampled)
        #expect(tap?.take().lines.isEmpty == true)
        tap = nil
        #expect(!fixture.logs.followers.isFollowed)
    }

    @Test func `events have ids of their own`() async throws {
        let fixture = try LogsFixture()
        for number in 0..<10 { try fixture.write("x", to: "s\(number % 2)") }
        let events = try await fixture.logs.search(LogQuery(group: fixture.group)).events
        #expect(Set(events.map(\.id)).count == 10)
        #expect(events.allSatisfy { $0.id.utf8.count == 56 })
    }
}
