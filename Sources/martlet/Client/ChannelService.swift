import Core
import Gateway
import NIOHTTP1

/// What the server answers about who is told how functions and schedules ended.
struct ChannelService {
    /// What ends with a result.
    enum Source: Equatable {
        case function(String)
        case schedule(group: String, name: String)

        /// Reads `NAME` or `function:NAME`, `schedule:NAME` or `schedule:GROUP/NAME`.
        init?(_ text: String) {
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            switch (parts.first, parts.count) {
            case (let name?, 1): self = .function(name)
            case ("function", 2): self = .function(parts[1])
            case ("schedule", 2):
                let names = parts[1].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
                guard (1...2).contains(names.count), names.allSatisfy({ !$0.isEmpty }) else { return nil }
                self =
                    names.count == 1
                    ? .schedule(group: "default", name: names[0]) : .schedule(group: names[0], name: names[1])
            default: return nil
            }
        }
    }

    let client: ServiceClient

    /// Has the ends of something told to a channel, in the place of the one that was; `nil` for to nobody.
    func attach(_ channel: String?, to source: Source, onSuccess: Bool, onFailure: Bool) async throws {
        switch source {
        case .function(let name):
            try await tag(name, channel, onSuccess: onSuccess, onFailure: onFailure)
        case .schedule(let group, let name):
            let target = "/2026-11-20/channels/schedules/\(group)/\(name)"
            let old = try await send("martlet", .GET, target).json()
            var channels = JSONObject([])
            for (member, isMeant) in [("OnSuccess", onSuccess), ("OnFailure", onFailure)] {
                if let topic = isMeant ? channel : old[member]?.string { channels[member] = .string(topic) }
            }
            _ = try await send("martlet", .PUT, target, .object(channels))
        }
    }

    /// Each end has a tag of its own here, so that either can be changed without the other.
    private func tag(_ function: String, _ channel: String?, onSuccess: Bool, onFailure: Bool) async throws {
        let found = try await send("lambda", .GET, "/2015-03-31/functions/\(RequestSigner.escaped(function))").json()
        guard let arn = found["Configuration"]?["FunctionArn"]?.string else { throw ClientError.malformedAnswer }
        let target = "/2017-03-31/tags/\(RequestSigner.escaped(arn))"
        let old = ResultChannels(
            tags: (found["Tags"]?.object?.members ?? []).reduce(into: [:]) {
                $0[$1.key] = $1.value.string
            })
        var new = JSONObject([])
        var gone = [ResultChannels.tag]
        for (key, isMeant, topic) in [
            (ResultChannels.successTag, onSuccess, old.onSuccess),
            (ResultChannels.failureTag, onFailure, old.onFailure),
        ] {
            if let name = isMeant ? channel : topic?.text { new[key] = .string(name) } else { gone.append(key) }
        }
        if !new.members.isEmpty { _ = try await send("lambda", .POST, target, ["Tags": .object(new)]) }
        let keys = gone.map { "tagKeys=\(RequestSigner.escaped($0))" }.joined(separator: "&")
        _ = try await send("lambda", .DELETE, "\(target)?\(keys)")
    }

    private func send(
        _ service: String, _ method: HTTPMethod, _ target: String, _ body: JSON? = nil
    ) async throws -> ServiceClient.Answer {
        try await client.send(
            ServiceClient.Request(
                service: service, method: method, target: target, headers: [("Content-Type", "application/json")],
                body: body.map { Array($0.text.utf8) } ?? []))
    }
}

extension ServerAccess.Options {
    /// The server's answers about who is told of results.
    func channels() async throws -> ChannelService {
        ChannelService(client: ServiceClient(access: try await access()))
    }
}
