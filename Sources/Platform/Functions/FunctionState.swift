import Core

/// A function as a whole, save for its published versions, which are records of their own.
///
/// Pure: every change checks itself against the rest, gets its stamp from outside, and is written back as one record,
/// under the condition that nobody wrote another in the meantime.
package struct FunctionState: Hashable, Sendable, Codable {
    package internal(set) var latest: VersionRecord

    /// The numbers of the published versions that exist, ascending.
    package internal(set) var published: [Int] = []

    /// The highest number ever given: none is given twice.
    package internal(set) var lastNumber = 0
    package internal(set) var aliases: [String: FunctionAlias] = [:]

    /// Who may call, by qualifier; empty for the function itself.
    package internal(set) var policies: [String: ResourcePolicy] = [:]

    /// How asynchronous calls are treated, by qualifier.
    package internal(set) var eventInvokes: [String: EventInvokeSetting] = [:]
    package internal(set) var tags: [String: String]
    package internal(set) var reservedConcurrency: Int?
    package internal(set) var recursion = RecursionPolicy.terminate

    /// When runtimes are renewed, by qualifier.
    package internal(set) var runtimeUpdates: [String: RuntimeUpdatePolicy] = [:]

    /// Where the function and its aliases answer plain HTTP, by alias, empty for the function itself; `nil` for nowhere,
    /// which is what records say that were written before there were URLs.
    package internal(set) var urls: [String: FunctionURL]?

    /// A function that was just made.
    package init(latest: VersionRecord, tags: [String: String]) throws(FunctionError) {
        self.latest = latest
        self.tags = [:]
        try setTags(tags)
    }

    /// Refuses a change that was meant for another revision.
    package func require(revision expected: String?) throws(FunctionError) {
        guard expected == nil || expected == latest.revision else { throw .revisionMismatch(.function) }
    }

    /// Replaces the unpublished version; the same code and configuration again is a change too, as on AWS.
    package mutating func replaceLatest(with record: VersionRecord, expecting revision: String?) throws(FunctionError) {
        try require(revision: revision)
        latest = record
    }

    /// The number of the newest published version.
    package var newest: Int? { published.last }

    /// Publishes the unpublished version, unless it says nothing that `previous`, the newest published one, does not.
    package mutating func publish(
        after previous: VersionRecord?, expecting expected: Expected, description: String?, stamp: ChangeStamp
    ) throws(FunctionError) -> Publication {
        try require(revision: expected.revision)
        if let digest = expected.codeDigest, digest != latest.code.sha256 {
            throw .codeDigestMismatch(given: digest, actual: latest.code.sha256)
        }
        if let previous, let newest, previous.hasContent(of: latest) { return .unchanged(newest) }
        guard published.count < Self.versionLimit else { throw .tooMany(what: "versions", limit: Self.versionLimit) }
        lastNumber += 1
        published.append(lastNumber)
        var record = latest
        record.revision = stamp.revision
        record.lastModified = stamp.time.milliseconds
        record.label = try description.map(Self.checked(description:))
        return .published(lastNumber, record)
    }

    /// Forgets a published version that no alias points to.
    package mutating func deleteVersion(_ number: Int) throws(FunctionError) {
        let users = aliases.filter { $0.value.routing.versions.contains(.published(number)) }.keys.sorted()
        guard users.isEmpty else { throw .versionInUse(number, aliases: users) }
        published.removeAll { $0 == number }
        let qualifier = String(number)
        policies[qualifier] = nil
        eventInvokes[qualifier] = nil
        runtimeUpdates[qualifier] = nil
    }

    /// Where a qualifier leads; `nil` if to nothing.
    package func routing(for qualifier: Qualifier?) -> VersionRouting? {
        switch qualifier {
        case nil, .latest: VersionRouting(.latest)
        case .version(let number): published.contains(number) ? VersionRouting(.published(number)) : nil
        case .alias(let name): aliases[name.text]?.routing
        }
    }

    /// The share of processors that the function's tag asks for.
    package var processor: ProcessorShare? {
        // A share that was refused never got into the tags.
        tags[ProcessorShare.tag].flatMap { try? ProcessorShare($0) }
    }

    /// What a caller who publishes thinks is there.
    package struct Expected: Sendable {
        package var revision: String?
        package var codeDigest: String?

        /// Expects nothing that is not said.
        package init(revision: String? = nil, codeDigest: String? = nil) {
            self.revision = revision
            self.codeDigest = codeDigest
        }
    }

    /// What publishing came to.
    package enum Publication: Equatable {
        case unchanged(Int)
        case published(Int, VersionRecord)
    }

    static let versionLimit = 10_000
}

/// What happens when a function calls itself in a loop.
package enum RecursionPolicy: String, Hashable, Sendable, Codable {
    case allow = "Allow"
    case terminate = "Terminate"
}

/// When a function moves to a newer patch of its runtime.
package enum RuntimeUpdatePolicy: String, Hashable, Sendable, Codable {
    case auto = "Auto"
    case functionUpdate = "FunctionUpdate"
}
