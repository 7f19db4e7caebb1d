/// The rules for names and link targets inside an archive.
enum CodeArchivePath {
    private static let partLimit = 255
    private static let depthLimit = 100
    /// The longest link target, as the kernel has it.
    static let linkLimit = 4095

    /// The parts of a path that stays below the root; `.` is left out.
    static func parts(of name: ArraySlice<UInt8>) throws(CodeArchiveError.Fault) -> [String] {
        guard !name.isEmpty, !name.contains(0), !name.contains(UInt8(ascii: "\\")),
            let text = String(validating: name, as: UTF8.self)
        else { throw .badName }
        guard name.first != UInt8(ascii: "/") else { throw .absolutePath }
        var parts: [String] = []
        var pieces = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if pieces.last?.isEmpty == true { pieces.removeLast() }
        for piece in pieces {
            guard !piece.isEmpty, piece.count <= partLimit else { throw .badName }
            if piece.elementsEqual("..".utf8) { throw .traversal }
            if !piece.elementsEqual(".".utf8) { parts.append(String(Substring(piece))) }
        }
        guard parts.count <= depthLimit else { throw .badName }
        return parts
    }

    /// Refuses a link that could lead out of the root.
    ///
    /// `..` may stand only at the beginning of a target: there it climbs from the link's own folder, which is a real
    /// one. Behind another name it would climb from wherever that name leads, should it be a link itself.
    static func checkLink(_ target: [UInt8], of entry: CodeArchiveEntry) throws(CodeArchiveError) {
        let fault = CodeArchiveError.entry(name: entry.name, .badLink)
        guard !target.isEmpty, target.count <= linkLimit, !target.contains(0), target[0] != UInt8(ascii: "/") else {
            throw fault
        }
        var climbs = 0
        var descended = false
        for piece in target.split(separator: UInt8(ascii: "/")) where !piece.elementsEqual(".".utf8) {
            if piece.elementsEqual("..".utf8) {
                guard !descended else { throw fault }
                climbs += 1
            } else {
                descended = true
            }
        }
        guard climbs < entry.path.count else { throw fault }
    }
}
