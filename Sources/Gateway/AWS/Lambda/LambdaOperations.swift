import Core
import Platform

/// The operations of AWS Lambda that manage functions: all but those that call one.
package struct LambdaOperations: Sendable {
    /// What one operation is given: the call, its input, and what the input names.
    struct Request: Sendable {
        let call: Call
        let input: WireValue
        let account: AccountID
    }

    typealias Handler = @Sendable (Request) async throws -> WireValue

    let functions: Functions
    let links: CodeLinks

    /// Serves a registry; `links` makes the links under which code is fetched.
    package init(functions: Functions, links: CodeLinks) {
        self.functions = functions
        self.links = links
    }

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        let groups = [
            functionOperations, codeOperations, versionOperations, aliasOperations, permissionOperations,
            concurrencyOperations, eventInvokeOperations, layerOperations, layerPermissionOperations, tagOperations,
            settingOperations,
        ]
        var operations: [String: OperationHandler] = [:]
        for group in groups {
            for (name, handler) in group { operations[name] = Self.guarded(name, handler) }
        }
        return operations
    }

    /// Lets the caller through if it may, and turns what a handler throws into what the wire knows.
    private static func guarded(_ name: String, _ handler: @escaping Handler) -> OperationHandler {
        { call, input in
            do {
                let resource = try LambdaResource(input, in: call)
                try Guard.check(call, Action(service: "lambda", name: name), on: resource.resource)
                return try await handler(Request(call: call, input: input, account: resource.account))
            } catch let error as FunctionError {
                throw WireError(error)
            }
        }
    }
}
