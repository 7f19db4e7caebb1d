/// The address at which a function, or an alias of it, answers plain HTTP.
package struct FunctionURL: Hashable, Sendable, Codable {
    /// Who may call.
    package enum Authorization: String, Hashable, Sendable, Codable {
        /// Whoever signs, and is allowed to.
        case iam = "AWS_IAM"
        /// Everyone whom the function's policy lets call without a signature.
        case none = "NONE"
    }

    /// What browsers may do with it from pages of other origins; what was not said is `nil`.
    package struct CORS: Hashable, Sendable, Codable {
        package var allowsCredentials: Bool?
        package var headers: [String]?
        package var methods: [String]?
        package var origins: [String]?
        package var exposedHeaders: [String]?
        /// In seconds.
        package var maximumAge: Int?

        /// Says nothing yet.
        package init() {}

        /// Whether nothing was said.
        package var isEmpty: Bool { self == CORS() }
    }

    /// Characters of an id: lower-case letters and digits, as a host's name holds them.
    package static let idLength = 32

    package let id: String
    package var authorization: Authorization
    package var cors: CORS?
    package let created: Instant
    package var modified: Instant

    /// Makes an address that nobody ever had.
    package init(authorization: Authorization, cors: CORS?, at now: Instant) {
        let characters = Array("abcdefghijklmnopqrstuvwxyz234567")
        let random = PooledRandom()
        id = String((0..<Self.idLength).map { _ in characters[Int(random.next() & 31)] })
        self.authorization = authorization
        self.cors = cors
        (created, modified) = (now, now)
    }

    /// Whether a text may be an id.
    package static func isID(_ text: some StringProtocol) -> Bool {
        text.utf8.count == idLength
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    }
}
