import Core
import Platform

extension LogsOperations {
    var groupOperations: [String: Handler] {
        [
            "CreateLogGroup": createGroup, "DeleteLogGroup": deleteGroup, "DescribeLogGroups": describeGroups,
            "PutRetentionPolicy": putRetention, "DeleteRetentionPolicy": deleteRetention,
        ]
    }

    private static let pageLimit = 50

    @Sendable private func createGroup(_ request: Request) async throws -> WireValue {
        guard request.input["kmsKeyId"] == nil else {
            throw WireError.logsParameter("kmsKeyId is not supported: every log group is sealed with a key of its own.")
        }
        try await logs.createGroup(
            request.group(), tags: request.tags(),
            storageClass: request.input["logGroupClass"]?.string ?? "STANDARD")
        return [:]
    }

    @Sendable private func deleteGroup(_ request: Request) async throws -> WireValue {
        try await logs.deleteGroup(request.group())
        return [:]
    }

    @Sendable private func describeGroups(_ request: Request) async throws -> WireValue {
        let input = request.input
        if let texts = input["logGroupIdentifiers"]?.strings {
            return ["logGroups": .list(try await named(texts, request))]
        }
        guard input["logGroupNamePrefix"] == nil || input["logGroupNamePattern"] == nil else {
            throw WireError.logsParameter(
                "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
        }
        let storageClass = input["logGroupClass"]?.string
        let page = try await logs.groups(
            in: request.call.account, prefix: input["logGroupNamePrefix"]?.string ?? "",
            containing: input["logGroupNamePattern"]?.string ?? "", after: request.token(),
            limit: min(request.limit(standard: Self.pageLimit), Self.pageLimit))
        let groups = page.groups.filter { storageClass == nil || $0.storageClass == storageClass }
        return [
            "logGroups": .list(groups.map { Self.value($0, request) }), "nextToken": Request.token(page.next),
        ]
    }

    private func named(_ texts: [String], _ request: Request) async throws -> [WireValue] {
        await logs.flush()
        var values: [WireValue] = []
        for text in texts {
            do {
                values.append(Self.value(try await logs.group(request.group(text)), request))
            } catch LogsError.groupMissing {
                continue
            }
        }
        return values
    }

    private static func value(_ group: LogGroup, _ request: Request) -> WireValue {
        let id = LogGroupID(account: request.call.account, name: group.name)
        return [
            "logGroupName": .string(group.name.text), "creationTime": .integer(group.created.milliseconds),
            "retentionInDays": WireValue(group.retentionDays), "metricFilterCount": 0, "storedBytes": 0,
            "arn": .string(request.arn(of: id, ":*").description),
            "logGroupArn": .string(request.arn(of: id).description), "logGroupClass": .string(group.storageClass),
        ]
    }

    @Sendable private func putRetention(_ request: Request) async throws -> WireValue {
        try await logs.setRetention(request.input["retentionInDays"]?.int ?? 0, of: request.group())
        return [:]
    }

    @Sendable private func deleteRetention(_ request: Request) async throws -> WireValue {
        try await logs.setRetention(nil, of: request.group())
        return [:]
    }
}
