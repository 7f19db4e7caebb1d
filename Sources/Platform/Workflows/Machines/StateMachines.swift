import Core
import StatesLanguage
import Storage
import Synchronization

/// The state machines of an account: what is said of each, and every revision of its definition.
///
/// Every change is one commit under the condition that the records are as they were read; nothing but compiled definitions
/// is kept in memory, so that several servers may share a store.
package final class StateMachines: Sendable {
    /// State machines of an account.
    package static let limit = 100_000
    /// Compiled definitions that are kept.
    private static let compiledLimit = 256

    package let account: AccountID
    package let region: Region
    let records: WorkflowRecords
    private let clock: @Sendable () -> Instant
    private let compiled = Mutex(BoundedCache<RecordKey, Prepared>(limit: compiledLimit))

    /// What an execution needs of its machine.
    struct Prepared: Sendable {
        let machine: StateMachine
        let revision: WorkflowRevision
        let key: KeyName
    }

    /// A machine with the revision that is in force.
    package struct Found: Sendable {
        package let name: WorkflowName
        package let workflow: Workflow
        package let revision: WorkflowRevision
    }

    /// Keeps machines in an account's partition of a store.
    package init(
        account: AccountID, region: Region, store: any Store, keys: Keys,
        clock: @escaping @Sendable () -> Instant = { .now }
    ) {
        self.account = account
        self.region = region
        records = WorkflowRecords(account: account, store: store, keys: keys)
        self.clock = clock
    }

    var now: Instant { clock() }

    /// The ARN of a machine.
    package func arn(_ name: WorkflowName) -> ARN {
        ARN(service: "states", region: region, account: account, resource: "stateMachine:\(name)")
    }

    /// The machine of this account and region that an ARN names, which may be one that is not there.
    package func name(_ arn: String) throws(WorkflowError) -> WorkflowName {
        let prefix = ARN(service: "states", region: region, account: account, resource: "stateMachine:").description
        guard arn.hasPrefix(prefix), let name = WorkflowName(rawValue: String(arn.dropFirst(prefix.count))) else {
            throw .machineMissing(arn)
        }
        return name
    }

    /// Makes a machine; the same again is no error.
    package func create(
        _ name: WorkflowName, _ type: WorkflowType, _ settings: WorkflowSettings, tags: [String: String]
    ) async throws(WorkflowError) -> Found {
        try Self.check(settings, tags)
        if let found = try await existing(name, type, settings, tags) { return found }
        let now = now
        let revision = WorkflowRevision(created: now, settings: settings)
        let workflow = Workflow(
            type: type, created: now, updated: now, revision: RequestID().description, tags: tags)
        let key = try await records.makeKey(for: "state-machine/\(name)")
        let done = try await records.commit([
            try await records.put(workflow, at: WorkflowRecords.key(name), key: key, expect: .absent),
            try await put(revision, workflow.revision, of: name, key, expect: .absent),
        ])
        if done != nil { return Found(name: name, workflow: workflow, revision: revision) }
        try await records.erase(key)
        if let found = try await existing(name, type, settings, tags) { return found }
        throw .changedMeanwhile(name.text)
    }

    /// A machine with its definition.
    package func machine(_ name: WorkflowName) async throws(WorkflowError) -> Found {
        let found = try await load(name)
        let revision = try await prepared(name, found.value.revision).revision
        return Found(name: name, workflow: found.value, revision: revision)
    }

    /// Changes what is said of a machine: its executions that run already go on with what they began with.
    package func update(
        _ name: WorkflowName, _ change: @Sendable (inout WorkflowSettings) -> Void
    ) async throws(WorkflowError) -> Found {
        var found = try await load(name)
        guard !found.value.isDeleting else { throw .machineIsDeleting(name) }
        var settings = try await prepared(name, found.value.revision).revision.settings
        change(&settings)
        try Self.check(settings, [:])
        let now = now
        let revision = WorkflowRevision(created: now, settings: settings)
        found.value.revision = RequestID().description
        found.value.updated = now
        found.value.changes += 1
        let done = try await records.commit([
            try await records.put(
                found.value, at: WorkflowRecords.key(name), key: found.key, expect: .version(found.version)),
            try await put(revision, found.value.revision, of: name, found.key, expect: .absent),
        ])
        guard done != nil else { throw .changedMeanwhile(name.text) }
        return Found(name: name, workflow: found.value, revision: revision)
    }

    /// The tags of a machine.
    package func tags(of name: WorkflowName) async throws(WorkflowError) -> [String: String] {
        try await load(name).value.tags
    }

    /// Adds tags or changes their values.
    package func tag(_ name: WorkflowName, with tags: [String: String]) async throws(WorkflowError) {
        var found = try await load(name)
        found.value.tags.merge(tags) { $1 }
        guard found.value.tags.count <= Workflow.tagLimit else { throw .tooManyTags(limit: Workflow.tagLimit) }
        try await write(found, of: name)
    }

    /// Removes tags; those that are not there are not missed.
    package func untag(_ name: WorkflowName, _ keys: [String]) async throws(WorkflowError) {
        var found = try await load(name)
        for key in keys { found.value.tags[key] = nil }
        try await write(found, of: name)
    }

    /// Machines ordered by name, and where the next page begins.
    package func list(
        after token: String?, limit: Int
    ) async throws(WorkflowError) -> (machines: [(name: WorkflowName, workflow: Workflow)], next: String?) {
        let page: (found: [(id: String, value: Workflow)], last: String?) = try await records.page(
            WorkflowRecords.machines, prefix: "", after: try PageToken.last(token), limit: limit)
        var machines: [(name: WorkflowName, workflow: Workflow)] = []
        for (id, workflow) in page.found {
            guard let name = WorkflowName(rawValue: id) else { throw .unreadable(id: id) }
            machines.append((name, workflow))
        }
        return (machines, page.last.map(PageToken.text))
    }

    /// What executions of a revision run.
    func prepared(_ name: WorkflowName, _ revision: String) async throws(WorkflowError) -> Prepared {
        let place = WorkflowRecords.key(name, revision: revision)
        if let known = known(name, revision) { return known }
        guard let found = try await records.read(place, as: WorkflowRevision.self) else {
            throw .machineMissing(arn(name).description)
        }
        let machine: StateMachine
        do throws(InvalidDefinition) {
            machine = try StateMachine(parsing: found.value.settings.definition, jsonata: .stepFunctions)
        } catch { throw .invalidDefinition(error) }
        let prepared = Prepared(machine: machine, revision: found.value, key: found.key)
        compiled.withLock { $0[place] = prepared }
        return prepared
    }

    /// The same, if it was asked for lately.
    func known(_ name: WorkflowName, _ revision: String) -> Prepared? {
        compiled.withLock { $0[WorkflowRecords.key(name, revision: revision)] }
    }

    func load(_ name: WorkflowName) async throws(WorkflowError) -> WorkflowRecords.Found<Workflow> {
        guard let found = try await records.read(WorkflowRecords.key(name), as: Workflow.self) else {
            throw .machineMissing(arn(name).description)
        }
        return found
    }

    func write(
        _ found: WorkflowRecords.Found<Workflow>, of name: WorkflowName
    ) async throws(WorkflowError) {
        let put = try await records.put(
            found.value, at: WorkflowRecords.key(name), key: found.key, expect: .version(found.version))
        guard try await records.commit([put]) != nil else { throw .changedMeanwhile(name.text) }
    }

    /// Forgets what was compiled of a machine that is gone.
    func forget(_ name: WorkflowName) {
        compiled.withLock { $0.removeAll { $0.id.hasPrefix("\(name):") } }
    }

    private func existing(
        _ name: WorkflowName, _ type: WorkflowType, _ settings: WorkflowSettings, _ tags: [String: String]
    ) async throws(WorkflowError) -> Found? {
        guard let found = try await records.read(WorkflowRecords.key(name), as: Workflow.self) else { return nil }
        guard !found.value.isDeleting else { throw .machineIsDeleting(name) }
        let revision = try await prepared(name, found.value.revision).revision
        // As the API reference has it, neither the role nor the tags make it another machine.
        guard found.value.type == type, revision.settings.definition == settings.definition,
            revision.settings.logging == settings.logging, revision.settings.isTraced == settings.isTraced,
            revision.settings.encryption == settings.encryption
        else { throw .machineExists(name) }
        return Found(name: name, workflow: found.value, revision: revision)
    }

    private func put(
        _ revision: WorkflowRevision, _ id: String, of name: WorkflowName, _ key: KeyName, expect: Expect
    ) async throws(WorkflowError) -> WriteOperation {
        try await records.put(revision, at: WorkflowRecords.key(name, revision: id), key: key, expect: expect)
    }

    private static func check(_ settings: WorkflowSettings, _ tags: [String: String]) throws(WorkflowError) {
        guard tags.count <= Workflow.tagLimit else { throw .tooManyTags(limit: Workflow.tagLimit) }
        do throws(InvalidDefinition) {
            _ = try StateMachine(parsing: settings.definition, jsonata: .stepFunctions)
        } catch { throw .invalidDefinition(error) }
    }
}
