/// A part of a template: text, or a variable that stands for a value.
enum TemplatePiece: Equatable {
    case text(Substring)
    /// Whether it stands inside a JSON text.
    case variable(String, isInText: Bool)

    /// Whether a byte may be part of a name that somebody gives to a variable.
    static func isNameByte(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte & 0xDF) || (0x30...0x39).contains(byte) || "-_".utf8.contains(byte)
    }

    /// Takes a template apart; `<` without a name and `>` behind it is text.
    static func pieces(of template: String) -> [TemplatePiece] {
        let bytes = template.utf8
        var pieces: [TemplatePiece] = []
        var start = bytes.startIndex
        var place = start
        var isInText = false
        while place < bytes.endIndex {
            switch bytes[place] {
            case UInt8(ascii: "\""): isInText.toggle()
            case UInt8(ascii: "\\"):
                place = bytes.index(after: place)
                guard place < bytes.endIndex else { continue }
            case UInt8(ascii: "<"):
                let name = bytes[bytes.index(after: place)...].prefix { isNameByte($0) || $0 == UInt8(ascii: ".") }
                guard !name.isEmpty, name.endIndex < bytes.endIndex, bytes[name.endIndex] == UInt8(ascii: ">") else {
                    break
                }
                if start < place { pieces.append(.text(template[start..<place])) }
                pieces.append(.variable(String(template[name.startIndex..<name.endIndex]), isInText: isInText))
                place = bytes.index(after: name.endIndex)
                start = place
                continue
            default: break
            }
            place = bytes.index(after: place)
        }
        if start < bytes.endIndex { pieces.append(.text(template[start...])) }
        return pieces
    }
}
