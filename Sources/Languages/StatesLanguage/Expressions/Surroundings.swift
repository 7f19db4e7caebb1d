/// What an evaluation needs from outside: everything else about it is pure.
///
/// An execution that is replayed must get the same answers again.
package struct Surroundings: Sendable {
    /// The algorithms of `States.Hash`.
    package enum HashAlgorithm: String, Sendable, CaseIterable {
        case md5 = "MD5"
        case sha1 = "SHA-1"
        case sha256 = "SHA-256"
        case sha384 = "SHA-384"
        case sha512 = "SHA-512"
    }

    package let digest: @Sendable (HashAlgorithm, [UInt8]) -> [UInt8]
    /// The token of a task that someone else completes, of the execution's id and the task's number in it.
    ///
    /// It must not be guessable.
    package let token: @Sendable (_ execution: String, _ work: Int) -> String
    /// What events name as the region of integrations.
    package let region: String

    /// Takes what hashes bytes, what makes tokens, and the region.
    package init(
        region: String, digest: @escaping @Sendable (HashAlgorithm, [UInt8]) -> [UInt8],
        token: @escaping @Sendable (_ execution: String, _ work: Int) -> String
    ) {
        self.region = region
        self.digest = digest
        self.token = token
    }
}
