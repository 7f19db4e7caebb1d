import AccessPolicy
import Platform

/// What conditions of policies may ask about the input of an operation.
///
/// Source: IAM user guide, "AWS global condition context keys"; service authorization reference, "Condition keys for IAM",
/// "for STS", "for SNS" and "for Lambda".
enum RequestFacts {
    /// The facts of an operation's input, keys in lower case.
    static func facts(_ service: String, _ operation: String, _ input: WireValue) -> [String: ContextValue] {
        var facts = tags(input)
        func add(_ key: String, _ member: String) {
            if let text = input[member]?.string { facts[key] = .text(text) }
        }
        switch service {
        case "iam":
            add("iam:policyarn", "PolicyArn")
            add("iam:permissionsboundary", "PermissionsBoundary")
        case "sts":
            add("sts:externalid", "ExternalId")
            add("sts:rolesessionname", "RoleSessionName")
            add("sts:sourceidentity", "SourceIdentity")
        case "sns":
            add("sns:endpoint", "Endpoint")
            add("sns:protocol", "Protocol")
        case "lambda":
            add("lambda:functionarn", "FunctionName")
            add("lambda:principal", "Principal")
            add("lambda:functionurlauthtype", operation == "AddPermission" ? "FunctionUrlAuthType" : "AuthType")
            if let layers = input["Layers"]?.strings { facts["lambda:layer"] = .texts(layers) }
        default: break
        }
        return facts
    }

    private static func tags(_ input: WireValue) -> [String: ContextValue] {
        var tags: [(String, String)] = []
        for name in ["Tags", "tags"] {
            for (key, value) in input[name]?.fields?.members ?? [] { tags.append((key, value.string ?? "")) }
            for tag in input[name]?.list ?? [] {
                // Step Functions writes them small.
                let (key, value) = (tag["Key"] ?? tag["key"], tag["Value"] ?? tag["value"])
                tags.append((key?.string ?? "", value?.string ?? ""))
            }
        }
        var keys = tags.map(\.0)
        for name in ["TagKeys", "tagKeys"] { keys += input[name]?.strings ?? [] }
        guard !keys.isEmpty else { return [:] }
        var facts: [String: ContextValue] = ["aws:tagkeys": .texts(keys)]
        for (key, value) in tags { facts["aws:requesttag/\(key.lowercased())"] = .text(value) }
        return facts
    }
}
