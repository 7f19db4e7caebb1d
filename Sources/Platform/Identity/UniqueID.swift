/// Makes the ids that AWS gives to identities: four letters that say what it is, then random base-32 characters.
package enum UniqueID {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    /// A new id such as `AROAJQABLZS4A3QDU576Q`: `prefix`, then random characters up to `length`.
    package static func make(prefix: String, length: Int = 21) -> String {
        var random = SystemRandomNumberGenerator()
        let count = max(0, length - prefix.utf8.count)
        return prefix + String((0..<count).map { _ in alphabet[Int(random.next() & 31)] })
    }
}
