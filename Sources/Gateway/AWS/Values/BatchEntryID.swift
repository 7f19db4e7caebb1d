/// What tells the entries of a batch apart: 1 to 80 letters, digits, dashes and underscores.
enum BatchEntryID {
    /// Whether a text is one.
    static func isValid(_ text: String) -> Bool {
        (1...80).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "_-".utf8.contains(byte)
            }
    }
}
