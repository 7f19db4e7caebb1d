import Core
import Storage

/// A function's URL, and the ARN of what it calls.
package struct FunctionURLDescription: Sendable {
    package let arn: String
    package let url: FunctionURL
}

extension Functions {
    /// Gives a function, or an alias of it, a URL.
    package func createURL(
        of name: FunctionName, _ qualifier: Qualifier?, authorization: FunctionURL.Authorization,
        cors: FunctionURL.CORS?, in account: AccountID
    ) async throws(FunctionError) -> FunctionURLDescription {
        let arn = arn(name, qualifier, in: account)
        let url = FunctionURL(authorization: authorization, cors: cors, at: .now)
        try await change(name, in: account) { draft throws(FunctionError) in
            try require(qualifier, of: name, in: draft)
            guard draft.state.url(for: qualifier) == nil else { throw .urlExists(arn: arn) }
            draft.state.setURL(url, for: qualifier)
            let place = FunctionReference(name: name, qualifier: qualifier)
            draft.operations.append(.put(.url(url.id), value: Array(place.text.utf8), expect: .absent))
        }
        return FunctionURLDescription(arn: arn, url: url)
    }

    /// Changes a function's URL; what is `nil` stays as it was.
    package func updateURL(
        of name: FunctionName, _ qualifier: Qualifier?, authorization: FunctionURL.Authorization?,
        cors: FunctionURL.CORS?, in account: AccountID
    ) async throws(FunctionError) -> FunctionURLDescription {
        let url = try await change(name, in: account) { draft throws(FunctionError) -> FunctionURL in
            guard var url = draft.state.url(for: qualifier) else { throw .urlMissing }
            url.authorization = authorization ?? url.authorization
            if let cors { url.cors = cors.isEmpty ? nil : cors }
            url.modified = .now
            draft.state.setURL(url, for: qualifier)
            return url
        }
        return FunctionURLDescription(arn: arn(name, qualifier, in: account), url: url)
    }

    /// Takes a function's URL away.
    package func deleteURL(
        of name: FunctionName, _ qualifier: Qualifier?, in account: AccountID
    ) async throws(FunctionError) {
        try await change(name, in: account) { draft throws(FunctionError) in
            guard let url = draft.state.url(for: qualifier) else { throw .urlMissing }
            draft.state.setURL(nil, for: qualifier)
            draft.operations.append(.delete(.url(url.id)))
        }
    }

    /// A function's URL.
    package func url(
        of name: FunctionName, _ qualifier: Qualifier?, in account: AccountID
    ) async throws(FunctionError) -> FunctionURLDescription {
        let state = try await load(name, in: account).value
        guard let url = state.url(for: qualifier) else { throw .urlMissing }
        return FunctionURLDescription(arn: arn(name, qualifier, in: account), url: url)
    }

    /// The URLs of a function and its aliases: its own first, then by the names of the aliases.
    package func listURLs(
        of name: FunctionName, after marker: String?, limit: Int, in account: AccountID
    ) async throws(FunctionError) -> Listing<FunctionURLDescription> {
        let urls = (try await load(name, in: account).value.urls ?? [:]).sorted { $0.key < $1.key }
        // The function's own has an empty key, which is no marker.
        let page = try Listing(of: urls, after: marker, limit: limit) { ".\($0.key)" }
        let function = arn(name, in: account)
        return Listing(
            page.elements.map { qualifier, url in
                FunctionURLDescription(arn: qualifier.isEmpty ? function : "\(function):\(qualifier)", url: url)
            }, next: page.next)
    }

    /// What is called at a URL; `nil` where the id is nobody's.
    package func resolve(urlID id: String, in account: AccountID) async throws(FunctionError) -> ResolvedFunction? {
        let found: Record?
        do { found = try await records.store.get(Partition(account: account), .url(id)) } catch {
            throw .storageFailed(StoreFault(error))
        }
        // Written by us from a reference.
        guard let found, let reference = try? FunctionReference(String(decoding: found.value, as: UTF8.self)) else {
            return nil
        }
        do throws(FunctionError) {
            let function = try await resolve(reference, in: account)
            // The function may be another one of the same name.
            return function.url?.id == id ? function : nil
        } catch .functionMissing { return nil }
    }
}

extension FunctionState {
    /// The URL of a qualifier, if it has one.
    package func url(for qualifier: Qualifier?) -> FunctionURL? { urls?[qualifier?.description ?? ""] }

    /// Sets the URL of a qualifier, or takes it away.
    mutating func setURL(_ url: FunctionURL?, for qualifier: Qualifier?) {
        var all = urls ?? [:]
        all[qualifier?.description ?? ""] = url
        urls = all.isEmpty ? nil : all
    }
}

extension FunctionReference {
    /// Name and qualifier as they are kept.
    fileprivate var text: String { "\(name)" + (qualifier.map { ":\($0)" } ?? "") }
}

extension RecordKey {
    /// Where it lies which function has a URL.
    static func url(_ id: String) -> RecordKey { RecordKey(kind: "function.url", id: id) }
}
