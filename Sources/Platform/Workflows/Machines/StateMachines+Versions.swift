import Core
import Storage

/// Versions of state machines.
extension StateMachines {
    /// The largest number of a version.
    private static let lastNumber = 999_999_999

    /// The ARN of a version or an alias.
    package func arn(_ name: WorkflowName, _ qualifier: String) -> ARN {
        ARN(service: "states", region: region, account: account, resource: "stateMachine:\(name):\(qualifier)")
    }

    /// What an ARN of this account and region names, which may be something that is not there.
    package func reference(_ arn: String) throws(WorkflowError) -> MachineReference {
        let prefix = ARN(service: "states", region: region, account: account, resource: "stateMachine:").description
        guard arn.hasPrefix(prefix), let reference = MachineReference(arn.dropFirst(prefix.count)) else {
            throw .machineMissing(arn)
        }
        return reference
    }

    /// What an execution begins with that names its machine by ARN; `draw`, from 0 to 99, chooses among an alias's versions.
    package func target(_ arn: String, drawing draw: @autoclosure () -> Int) async throws(WorkflowError)
        -> MachineTarget
    {
        let reference = try reference(arn)
        var target = MachineTarget(reference.name)
        switch reference.qualifier {
        case nil: return target
        case .version(let number): target.version = number
        case .alias(let alias):
            guard
                let found = try await records.read(
                    WorkflowRecords.key(reference.name, alias: alias), as: WorkflowAlias.self)
            else { throw .machineMissing(arn) }
            target.alias = alias
            target.version = found.value.version(drawing: draw())
        }
        guard let number = target.version, let version = try await version(number, of: reference.name) else {
            throw .machineMissing(arn)
        }
        target.revision = version.revision
        return target
    }

    /// Gives the revision in force a number; one that has a number keeps it.
    package func publish(
        _ name: WorkflowName, revision: String? = nil, description: String
    ) async throws(WorkflowError) -> (number: Int, version: WorkflowVersion) {
        var found = try await load(name)
        guard !found.value.isDeleting else { throw .machineIsDeleting(name) }
        let current = found.value.shownRevision ?? Self.firstRevision
        if let revision, revision != current { throw .declined(.otherRevision(asked: revision, current: current)) }
        if let version = try await version(found.value.versions, of: name), version.revision == found.value.revision {
            return (found.value.versions, version)
        }
        let number = found.value.versions + 1
        if number > WorkflowVersion.limit, try await countVersions(of: name) >= WorkflowVersion.limit {
            throw .declined(.tooManyVersions(limit: WorkflowVersion.limit))
        }
        let version = WorkflowVersion(revision: found.value.revision, description: description, created: now)
        found.value.versions = number
        let done = try await records.commit([
            try await records.put(
                found.value, at: WorkflowRecords.key(name), key: found.key, expect: .version(found.version)),
            try await records.put(
                version, at: WorkflowRecords.key(name, version: number), key: found.key, expect: .absent),
        ])
        guard done != nil else { throw .changedMeanwhile(name.text) }
        return (number, version)
    }

    /// What a revision is called that was never changed.
    private static let firstRevision = "INITIAL"

    /// A version of a machine; `nil` where there is none of this number.
    package func version(_ number: Int, of name: WorkflowName) async throws(WorkflowError) -> WorkflowVersion? {
        guard (1...Self.lastNumber).contains(number) else { return nil }
        return try await records.read(WorkflowRecords.key(name, version: number), as: WorkflowVersion.self)?.value
    }

    /// A version with the definition that it stands for.
    package func machine(
        _ name: WorkflowName, version number: Int
    ) async throws(WorkflowError) -> (found: Found, version: WorkflowVersion) {
        let workflow = try await load(name).value
        guard let version = try await version(number, of: name) else {
            throw .machineMissing(arn(name, "\(number)").description)
        }
        let revision = try await prepared(name, version.revision).revision
        return (Found(name: name, workflow: workflow, revision: revision), version)
    }

    /// Versions of a machine, the newest first, and where the next page begins.
    package func versions(
        of name: WorkflowName, after token: String?, limit: Int
    ) async throws(WorkflowError) -> (versions: [(number: Int, version: WorkflowVersion)], next: String?) {
        let page: (found: [(id: String, value: WorkflowVersion)], last: String?) = try await records.page(
            WorkflowRecords.versions, prefix: "\(name):", after: try PageToken.last(token), limit: limit)
        return (page.found.map { (WorkflowRecords.version($0.id), $0.value) }, page.last.map(PageToken.text))
    }

    /// Takes a version away that no alias names; one that is not there is not missed.
    package func deleteVersion(_ number: Int, of name: WorkflowName) async throws(WorkflowError) {
        guard try await version(number, of: name) != nil else { return }
        let using = try await aliases(of: name, after: nil, limit: WorkflowAlias.limit).aliases
            .filter { $0.alias.routes.contains { $0.version == number } }
        guard using.isEmpty else { throw .declined(.versionInUse(aliases: using.map(\.name.text))) }
        _ = try await records.commit([.delete(WorkflowRecords.key(name, version: number))])
    }

    private func countVersions(of name: WorkflowName) async throws(WorkflowError) -> Int {
        try await versions(of: name, after: nil, limit: WorkflowVersion.limit).versions.count
    }
}

extension SealedRecords where Failure == WorkflowError {
    static var versions: String { "state-machine-version" }
    static var aliases: String { "state-machine-alias" }

    /// The newest version comes first in the order of the records.
    static func key(_ machine: WorkflowName, version: Int) -> RecordKey {
        RecordKey(kind: versions, id: "\(machine):\(2_000_000_000 - version)")
    }

    /// The number of the version whose record this is.
    static func version(_ id: String) -> Int {
        2_000_000_000 - (id.split(separator: ":").last.flatMap { Int($0) } ?? 2_000_000_000)
    }

    static func key(_ machine: WorkflowName, alias: WorkflowName) -> RecordKey {
        RecordKey(kind: aliases, id: "\(machine):\(alias)")
    }
}
