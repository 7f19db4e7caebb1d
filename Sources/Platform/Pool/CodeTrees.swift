import Core
import Sandboxing

/// The unpacked code of versions that run or ran lately, each in its own memory file systems, never on a disk.
///
/// Lives with the pool. One tree is shared, read-only, by the instances of one revision and by nobody else.
struct CodeTrees {
    /// What is mounted at `/var/task` and `/opt`, and the environment that goes with it.
    struct Tree: Sendable {
        let task: CodeTree
        let opt: CodeTree?
        let environment: RuntimeEnvironment
    }

    /// An empty tree that waits for the next code, so that a first call need not wait for it to be made.
    var spare: CodeTree?
    private var kept = KeptCode<FunctionVersion.Identity, Tree>()
    private var unpacking: [FunctionVersion.Identity: [CheckedContinuation<Void, Never>]] = [:]

    mutating func use(_ key: FunctionVersion.Identity, now: Int) -> Tree? {
        kept.use(key, now: now)
    }

    /// Whether unpacking a version before anybody calls it is worth its memory.
    func wantsPrepared(_ version: FunctionVersion) -> Bool {
        unpacking[version.identity] == nil && version.layerCode.isEmpty
            && kept.hasRoom(for: version.identity, size: version.code.unpackedSize)
    }

    /// Whether the caller is the one to unpack; if not, it waits its turn with `wait`.
    mutating func begin(_ key: FunctionVersion.Identity) -> Bool {
        guard unpacking[key] == nil else { return false }
        unpacking[key] = []
        return true
    }

    mutating func wait(_ key: FunctionVersion.Identity, _ continuation: CheckedContinuation<Void, Never>) {
        guard unpacking[key] != nil else { return continuation.resume() }
        unpacking[key]?.append(continuation)
    }

    /// Unpacking has ended, with a tree or without; all who waited look again.
    mutating func end(_ key: FunctionVersion.Identity, _ tree: Tree?, size: Int, now: Int) {
        if let tree { kept.keep(tree, as: key, size: size, now: now) }
        for continuation in unpacking.removeValue(forKey: key) ?? [] { continuation.resume() }
    }

    /// Drops the code of a function that is no more.
    mutating func drop(_ function: FunctionName, of account: AccountID) {
        kept.drop { $0.name == function && $0.account == account }
    }

    /// Drops what is not worth its memory any more; sandboxes keep their own mounts of it.
    mutating func expire(now: Int) { kept.expire(now: now) }
}

extension Pool {
    /// The unpacked code of a version; many callers cause one unpacking.
    func tree(of version: FunctionVersion) async throws -> CodeTrees.Tree {
        let key = version.identity
        while true {
            if let tree = trees.use(key, now: now) { return tree }
            if trees.begin(key) { break }
            await withCheckedContinuation { trees.wait(key, $0) }
        }
        let tree = try await unpack(version)
        return trees.use(key, now: now) ?? tree
    }

    /// Unpacks a version that was just deployed, before its first call, if nothing else has and there is room.
    func prepare(_ version: FunctionVersion) async {
        guard trees.wantsPrepared(version), trees.begin(version.identity) else { return }
        // What fails now is tried again by the first call, which is told.
        _ = try? await unpack(version)
        trees.expire(now: now)
        await prepareTree()
    }

    private func unpack(_ version: FunctionVersion) async throws -> CodeTrees.Tree {
        let key = version.identity
        let spare = trees.spare.take()
        do {
            let (tree, size) = try await withTaskExecutorPreference(globalConcurrentExecutor) {
                try await unpack(version, into: spare)
            }
            trees.end(key, tree, size: size, now: now)
            return tree
        } catch {
            trees.end(key, nil, size: 0, now: now)
            throw StartFailure.codeUnavailable(reason: "\(error)")
        }
    }

    /// Sees to it that an empty tree waits.
    func prepareTree() async {
        guard trees.spare == nil, !isStopping else { return }
        // What cannot be made now is made when it is needed, and its failure told then.
        let made = try? await emptyTree(nil)
        trees.spare = trees.spare ?? made
    }

    private nonisolated func emptyTree(_ spare: CodeTree?) async throws -> CodeTree {
        if let spare { return spare }
        return try await starter.makeCodeTree(sizeLimit: CodeArchive.Limits().bytes)
    }

    /// Unpacks off the event loop: inflating 250 MB takes a while.
    @concurrent
    private nonisolated func unpack(
        _ version: FunctionVersion, into spare: CodeTree?
    ) async throws -> (CodeTrees.Tree, Int) {
        async let made = emptyTree(spare)
        let bundle = try await surroundings.code(version)
        let code = try CodeArchive(bundle.code)
        let task = try await made
        try code.extract(into: task.root)
        var size = code.unpackedSize
        let opt = bundle.layers.isEmpty ? nil : try await emptyTree(nil)
        for layer in bundle.layers {
            let layer = try CodeArchive(layer)
            if let opt { try layer.extract(into: opt.root) }
            size += layer.unpackedSize
        }
        return (CodeTrees.Tree(task: task, opt: opt, environment: RuntimeEnvironment(version)), size)
    }
}
