import Core
import Platform

extension LogsOperations.Request {
    /// The group that the input names, by name or ARN; the account is the caller's, or the ARN's.
    func group() throws -> LogGroupID {
        guard input["logGroupName"] == nil || input["logGroupIdentifier"] == nil else {
            throw WireError.logsParameter("LogGroup name and LogGroup ARN are mutually exclusive parameters.")
        }
        guard let text = (input["logGroupName"] ?? input["logGroupIdentifier"] ?? input["resourceArn"])?.string else {
            throw WireError.logsParameter("Either logGroupName or logGroupIdentifier is needed.")
        }
        return try group(text)
    }

    /// A group by its name or ARN.
    func group(_ text: String) throws -> LogGroupID {
        guard text.hasPrefix("arn:") else { return LogGroupID(account: call.account, name: try Self.name(text)) }
        let prefix = "log-group:"
        guard let arn = try? ARN(text), arn.service == "logs", arn.resource.hasPrefix(prefix),
            let account = try? AccountID(arn.account)
        else { throw WireError.logsParameter("'\(text.prefix(256))' is not the ARN of a log group.") }
        guard arn.region == call.region.text else {
            throw WireError("ResourceNotFoundException", "The specified log group does not exist.", status: 400)
        }
        var name = String(arn.resource.dropFirst(prefix.count))
        if name.hasSuffix(":*") { name.removeLast(2) }
        return LogGroupID(account: account, name: try Self.name(name))
    }

    private static func name(_ text: String) throws -> LogGroupName {
        do { return try LogGroupName(text) } catch {
            throw WireError.logsParameter("'\(text.prefix(512))' is not the name of a log group.")
        }
    }

    /// The stream that the input names.
    func stream() throws -> LogStreamID {
        LogStreamID(group: try group(), name: try Self.streamName(input["logStreamName"]?.string ?? ""))
    }

    static func streamName(_ text: String) throws -> LogStreamName {
        do { return try LogStreamName(text) } catch {
            throw WireError.logsParameter("'\(text.prefix(512))' is not the name of a log stream.")
        }
    }

    /// What the operation acts on: the groups it names, else the account.
    func resources() throws -> [Resource] {
        if let texts = input["logGroupIdentifiers"]?.strings { return try texts.map { try resource(of: group($0)) } }
        guard input["logGroupName"] != nil || input["logGroupIdentifier"] != nil || input["resourceArn"] != nil else {
            return [.account(call.account)]
        }
        return [try resource(of: group())]
    }

    private func resource(of group: LogGroupID) -> Resource {
        .named(arn(of: group), owner: group.account)
    }

    func arn(of group: LogGroupID, _ rest: String = "") -> ARN {
        ARN(service: "logs", region: call.region, account: group.account, resource: "log-group:\(group.name)\(rest)")
    }

    /// The entries of a map of tags.
    func tags(_ name: String = "tags") -> [String: String] {
        var tags: [String: String] = [:]
        for (key, value) in input[name]?.fields?.members ?? [] { tags[key] = value.string }
        return tags
    }

    /// How many elements of a list the caller wants.
    func limit(standard: Int) -> Int { max(1, input["limit"]?.int ?? standard) }

    func instant(_ name: String) -> Instant? { input[name]?.integer.map { Instant(milliseconds: $0) } }

    /// The text inside a token; anything that is no token is refused.
    func token() throws -> String? {
        guard let text = input["nextToken"]?.string else { return nil }
        guard text.utf8.count <= 4096, let bytes = Base64.decode(text),
            let token = String(validating: bytes, as: UTF8.self)
        else { throw LogsError.badToken }
        return token
    }

    static func token(_ text: String?) -> WireValue { WireValue(text.map { Base64.encode(Array($0.utf8)) }) }
}
