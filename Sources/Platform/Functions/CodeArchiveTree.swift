/// The tree that the paths of an archive make: each file once, and nothing below a file or a link.
struct CodeArchiveTree {
    private struct Node: Hashable {
        let parent: Int
        /// Bytes, for texts that differ in their bytes may be equal as texts.
        let name: [UInt8]
    }

    private let limit: Int
    private var nodes: [Node: Int] = [:]
    private var isFolder = [true]

    private init(limit: Int) { self.limit = limit }

    /// Refuses duplicates, conflicts and more nodes than the limit.
    static func check(_ entries: [CodeArchiveEntry], limit: Int) throws(CodeArchiveError) {
        var tree = CodeArchiveTree(limit: limit)
        for entry in entries { try tree.add(entry) }
    }

    private mutating func add(_ entry: CodeArchiveEntry) throws(CodeArchiveError) {
        var place = 0
        for (depth, part) in entry.path.enumerated() {
            let folder = depth < entry.path.count - 1 || entry.kind == .folder
            let key = Node(parent: place, name: Array(part.utf8))
            guard let known = nodes[key] else {
                guard isFolder.count <= limit else { throw .tooManyEntries(limit: limit) }
                place = isFolder.count
                nodes[key] = place
                isFolder.append(folder)
                continue
            }
            guard isFolder[known] == folder else { throw .entry(name: entry.name, .conflict) }
            guard folder else { throw .entry(name: entry.name, .duplicate) }
            place = known
        }
    }
}
