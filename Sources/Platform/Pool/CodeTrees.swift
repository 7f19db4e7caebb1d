import Core
import Sandboxing

/// The unpacked code of versions that run or ran lately, each in its own memory file systems, never on a disk.
///
/// Lives with the pool. One tree is shared, read-only, by the instances of one revision and by nobody else.
struct CodeTrees {
    /// What is mounted at `/var/task` and `/opt`.
    struct Tree: Sendable {
        let task: CodeTree
        let opt: CodeTree?
    }

    private struct Entry {
        let tree: Tree
        let size: Int
        var lastUse: Int
    }

    /// Bytes of unpacked code that are kept for versions with no need of it now; and how long.
    private let keptBytes = 1 << 30
    private let keptMilliseconds = 15 * 60 * 1000
    /// An empty tree that waits for the next code, so that a first call need not wait for it to be made.
    var spare: CodeTree?
    private var entries: [FunctionVersion.Identity: Entry] = [:]
    private var unpacking: [FunctionVersion.Identity: [CheckedContinuation<Void, Never>]] = [:]

    mutating func use(_ key: FunctionVersion.Identity, now: Int) -> Tree? {
        entries[key]?.lastUse = now
        return entries[key]?.tree
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
        if let tree { entries[key] = Entry(tree: tree, size: size, lastUse: now) }
        for continuation in unpacking.removeValue(forKey: key) ?? [] { continuation.resume() }
    }

    /// Drops what has not been used for long, and the oldest beyond the bound; sandboxes keep their own mounts of it.
    mutating func expire(now: Int) {
        entries = entries.filter { now - $0.value.lastUse < keptMilliseconds }
        var total = entries.values.reduce(0) { $0 + $1.size }
        for (key, entry) in entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) where total > keptBytes {
            entries[key] = nil
            total -= entry.size
        }
    }
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
        let spare = trees.spare.take()
        do {
            let (tree, size) = try await unpack(version, into: spare)
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
        guard !bundle.layers.isEmpty else { return (CodeTrees.Tree(task: task, opt: nil), code.unpackedSize) }
        let opt = try await emptyTree(nil)
        var size = code.unpackedSize
        for layer in bundle.layers {
            let layer = try CodeArchive(layer)
            try layer.extract(into: opt.root)
            size += layer.unpackedSize
        }
        return (CodeTrees.Tree(task: task, opt: opt), size)
    }
}
