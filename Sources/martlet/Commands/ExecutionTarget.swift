import ArgumentParser
import Core

/// Which execution a command is about, and where its server is.
struct ExecutionTarget: ParsableArguments {
    @Argument(help: "The execution's ARN, MACHINE:NAME, or MACHINE for its latest one.")
    var execution: String
    @OptionGroup var server: ServerAccess.Options

    /// The service, and the execution's ARN.
    func find() async throws -> (service: WorkflowService, arn: String) {
        let service = try await server.workflows()
        return (service, try await service.execution(execution))
    }
}
