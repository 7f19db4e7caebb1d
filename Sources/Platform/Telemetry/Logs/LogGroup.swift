import Core
import FoundationEssentials
import Storage

/// What is known about a log group.
package struct LogGroup: Hashable, Sendable {
    static let kind = "log-group"

    package let name: LogGroupName
    package let created: Instant
    /// `nil` keeps events for ever.
    package var retentionDays: Int?
    package var tags: [String: String]
    /// `STANDARD` or another class of AWS's; it changes nothing here.
    package let storageClass: String

    init(
        name: LogGroupName, created: Instant, retentionDays: Int? = nil, tags: [String: String] = [:],
        storageClass: String = "STANDARD"
    ) {
        self.name = name
        self.created = created
        self.retentionDays = retentionDays
        self.tags = tags
        self.storageClass = storageClass
    }

    /// The retention times that AWS knows.
    package static let retentions = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ]

    /// Events before this are gone.
    package func horizon(at now: Instant) -> Instant? {
        retentionDays.map { now.advanced(milliseconds: -Int64($0) * 86_400_000) }
    }
}

extension LogGroup {
    private struct Stored: Codable {
        let created: Int64
        let retentionDays: Int?
        let tags: [String: String]?
        let storageClass: String?
    }

    /// Groups that forget are found by this index.
    static let retentionIndex = "retention"

    init?(_ record: Record) {
        // A record that is not ours to read is as good as none.
        guard let name = try? LogGroupName(record.key.id),
            let stored = try? JSONDecoder().decode(Stored.self, from: Data(record.value))
        else { return nil }
        self.init(
            name: name, created: Instant(milliseconds: stored.created), retentionDays: stored.retentionDays,
            tags: stored.tags ?? [:], storageClass: stored.storageClass ?? "STANDARD")
    }

    func write(to id: LogGroupID, expect: Expect) throws -> WriteOperation {
        let stored = Stored(
            created: created.milliseconds, retentionDays: retentionDays, tags: tags.isEmpty ? nil : tags,
            storageClass: storageClass)
        return .put(
            id.record, value: [UInt8](try JSONEncoder().encode(stored)),
            index: retentionDays == nil ? [] : [IndexValue(name: Self.retentionIndex, value: "set")], expect: expect)
    }
}
