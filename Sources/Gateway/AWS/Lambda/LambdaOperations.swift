import AccessPolicy
import Core
import Platform

/// The operations of AWS Lambda.
package struct LambdaOperations: Sendable {
    /// What one operation is given: the call, its input, and what the input names.
    struct Request: Sendable {
        let call: Call
        let input: WireValue
        let account: AccountID
    }

    typealias Handler = @Sendable (Request) async throws -> WireValue

    let functions: Functions
    let sources: EventSources
    let links: CodeLinks
    let access: AccessControl
    let calls: FunctionCalls?

    /// Serves a registry; `links` makes the links under which code is fetched, and `calls` calls functions for the platform
    /// itself.
    package init(
        functions: Functions, sources: EventSources, links: CodeLinks, access: AccessControl = AccessControl(),
        calls: FunctionCalls? = nil
    ) {
        self.calls = calls
        self.functions = functions
        self.sources = sources
        self.links = links
        self.access = access
    }

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        let groups = [
            functionOperations, codeOperations, versionOperations, aliasOperations, permissionOperations,
            concurrencyOperations, eventInvokeOperations, layerOperations, layerPermissionOperations, tagOperations,
            settingOperations, eventSourceOperations, urlOperations, invokeOperations,
        ]
        var operations: [String: OperationHandler] = [:]
        for group in groups {
            for (name, handler) in group { operations[name] = guarded(name, handler) }
        }
        return operations
    }

    /// Lets the caller through if it may, and turns what a handler throws into what the wire knows.
    private func guarded(_ name: String, _ handler: @escaping Handler) -> OperationHandler {
        let action = Action(service: "lambda", name: Self.action(of: name))
        return { call, input in
            do {
                let resource = try LambdaResource(name, input, in: call)
                for facts in await facts(name, input, call) {
                    try await Guard.check(
                        call, action, on: resource.resource, policy: policy(of: resource.resource, for: call),
                        facts: facts)
                }
                try await requirePassRole(call, input)
                try await requirePublish(call, input)
                return try await handler(Request(call: call, input: input, account: resource.account))
            } catch let error as FunctionError {
                throw WireError(error)
            } catch let error as EventSourceError {
                throw WireError(error)
            }
        }
    }

    /// The action that an operation's caller must be allowed, where it has another name.
    private static func action(of operation: String) -> String {
        switch operation {
        case "Invoke", "InvokeAsync", "InvokeWithResponseStream": "InvokeFunction"
        case "GetLayerVersionByArn": "GetLayerVersion"
        default: operation
        }
    }

    /// What conditions may ask about an operation's input; the operation must be allowed by each of these.
    ///
    /// The operations of event source mappings act on no function; policies hold them to one by its whole ARN. So whoever
    /// changes a mapping's function must be allowed to do so to the old one and to the new one.
    private func facts(_ name: String, _ input: WireValue, _ call: Call) async -> [[String: ContextValue]] {
        let facts = RequestFacts.facts("lambda", name, input)
        if name == "Invoke", let function = try? input.functionReference(in: call) {
            return [facts.merging(["lambda:functionarn": .text(sources.arn(of: function))]) { _, own in own }]
        }
        var functions: [FunctionReference] = []
        // What is no mapping has no function, and is refused by the operation itself.
        if let id = input["UUID"]?.string.flatMap({ EventSourceID($0) }),
            let function = try? await sources.describe(id).source.reference
        {
            functions.append(function)
        }
        if LambdaResource.eventSourceOperations.contains(name), let function = try? input.functionReference(in: call) {
            functions.append(function)
        }
        guard !functions.isEmpty else { return [facts] }
        return functions.map { facts.merging(["lambda:functionarn": .text(sources.arn(of: $0))]) { _, own in own } }
    }

    /// What the function's own policy says, where it may matter.
    private func policy(of resource: Resource, for call: Call) async throws -> Authorization.ResourcePolicy {
        guard !call.isAccount, case .function(let account, _, let name, let qualifier) = resource else { return .none }
        let text = try await functions.policyDocument(of: name, qualifier, in: account)
        return access.resourcePolicy(text, of: "policy of function \(name)")
    }

    /// Whoever has results told to a topic must be allowed to publish there.
    private func requirePublish(_ call: Call, _ input: WireValue) async throws {
        for (key, value) in input.texts("Tags") ?? [:] where ResultChannels.isTag(key) {
            // What names no topic is refused by the operation itself.
            guard let topic = try? ResultChannels.topic(value) else { continue }
            try await Guard.checkPublish(call, to: topic)
        }
    }

    /// Whoever lets a function run as a role must be allowed to pass that role on.
    private func requirePassRole(_ call: Call, _ input: WireValue) async throws {
        // An ARN that does not parse is refused by the operation itself.
        guard !call.isAccount, let text = input["Role"]?.string, let role = try? ARN(text),
            let owner = try? AccountID(role.account)
        else { return }
        try await Guard.checkPassRole(call, role, of: owner, to: "lambda.amazonaws.com")
    }
}
