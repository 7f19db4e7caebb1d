import Core

/// The access tokens of connections, in memory alone: asked for once by however many calls, and again before they end.
actor GrantedTokens {
    /// What a server that grants tokens said.
    struct Token: Equatable, Sendable {
        let text: String
        /// From when on it is not used any more.
        let end: Instant

        /// How long a token is used that says nothing of its end, in seconds.
        private static let standardLife = 3600.0
        private static let textLimit = 16_384

        /// Reads the answer of the server (RFC 6749 section 5.1); `nil` for what is none, or nothing for a header.
        init?(_ answer: [UInt8], at now: Instant) {
            // What is no JSON is no token.
            guard let json = try? JSON(parsing: answer), let text = json["access_token"]?.string, !text.isEmpty,
                text.utf8.count <= Self.textLimit, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { return nil }
            let said = json["expires_in"]
            let life = said?.double ?? said?.string.flatMap(Double.init) ?? Self.standardLife
            guard life.isFinite else { return nil }
            self.text = text
            // A while before its end, so that it does not end on its way.
            let used = min(max(0, life - min(60, life / 10)), 86_400)
            end = now.advanced(milliseconds: Int64(used * 1000))
        }
    }

    private var tokens: BoundedCache<String, Token> = BoundedCache(limit: 4096)
    private var waiting: [String: [CheckedContinuation<Result<Token, DeliveryRefusal>, Never>]] = [:]

    /// The token of a connection, which `fetch` asks for where none is known; one that was `refused` is not used again.
    func token(
        of connection: String, refused: String?, _ fetch: @Sendable () async -> Result<Token, DeliveryRefusal>
    ) async -> Result<Token, DeliveryRefusal> {
        if let token = tokens[connection], token.text != refused, token.end > .now { return .success(token) }
        if waiting[connection] != nil {
            return await withCheckedContinuation { waiting[connection, default: []].append($0) }
        }
        waiting[connection] = []
        let result = await fetch()
        if case .success(let token) = result { tokens[connection] = token }
        for continuation in waiting.removeValue(forKey: connection) ?? [] { continuation.resume(returning: result) }
        return result
    }
}
