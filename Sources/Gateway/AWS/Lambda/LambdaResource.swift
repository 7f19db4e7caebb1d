import Core
import Platform

/// What the input of a Lambda operation names, and whose it is.
struct LambdaResource {
    let account: AccountID
    let resource: Resource

    /// Operations that name a function and act on none: they act on a mapping, or on the account.
    static let eventSourceOperations: Set<String> = [
        "CreateEventSourceMapping", "UpdateEventSourceMapping", "ListEventSourceMappings",
    ]

    /// Finds the function or layer that an input names; an operation that names none acts on the account.
    init(_ operation: String, _ input: WireValue, in call: Call) throws {
        if let text = input["UUID"]?.string {
            account = call.account
            resource = .named(
                ARN(
                    service: "lambda", region: call.region, account: account,
                    resource: "event-source-mapping:\(text.prefix(64).lowercased())"), owner: account)
        } else if input["FunctionName"] != nil, !Self.eventSourceOperations.contains(operation) {
            let reference = try input.functionReference(in: call)
            account = reference.account ?? call.account
            resource = .function(account, call.region, reference.name, reference.qualifier)
        } else if let text = input["LayerName"]?.string {
            let layer = try LayerSelector(text, in: call)
            account = layer.account
            resource = .named(
                ARN(service: "lambda", region: call.region, account: account, resource: "layer:\(layer.name)"),
                owner: account)
        } else if let text = (input["Resource"] ?? input["Arn"])?.string, let arn = try? ARN(text) {
            account = (try? AccountID(arn.account)) ?? call.account
            resource = .named(arn, owner: account)
        } else {
            account = call.account
            resource = .account(call.account)
        }
    }
}

/// How a caller names a layer: by name or by ARN.
struct LayerSelector {
    let account: AccountID
    let name: LayerName

    init(_ text: String, in call: Call) throws {
        guard text.hasPrefix("arn:") else {
            account = call.account
            name = try Self.name(text)
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 7, parts[5] == "layer", let account = try? AccountID(parts[4]) else {
            throw WireError.invalidParameter("The layer name \(text.prefix(256)) is not valid.")
        }
        guard parts[3] == call.region.text else { throw WireError.unreachable(region: parts[3], from: call.region) }
        self.account = account
        name = try Self.name(parts[6])
    }

    private static func name(_ text: String) throws -> LayerName {
        do { return try LayerName(text) } catch {
            throw WireError.invalidParameter(
                "1 validation error detected: Value '\(text.prefix(256))' at 'layerName' failed to satisfy "
                    + "constraint: Member must have length less than or equal to 64")
        }
    }
}
