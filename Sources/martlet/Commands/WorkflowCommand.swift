import ArgumentParser

/// `martlet workflows`: state machines and their executions.
struct WorkflowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workflows",
        abstract: "List, start, watch and explain executions of state machines; draw and check definitions.",
        discussion: """
              martlet workflows                                          the machines that there are
              martlet workflows check order.asl.json                     what is wrong with a definition
              martlet workflows start orders --input @order.json --follow
              martlet workflows follow orders                            its latest execution, live
              martlet workflows explain orders:order-17                  why it failed, and what to do
              martlet workflows svg orders --output orders.svg

            A machine is named by its name or ARN. An execution is named by its ARN, as MACHINE:NAME, or as MACHINE, \
            which is the latest one.

            Exit status: 0 all is well, 1 the execution failed or a definition is wrong, 2 the server refused or cannot be \
            reached, 64 the command line is wrong.
            """,
        subcommands: [
            WorkflowList.self, WorkflowExecutions.self, WorkflowStart.self, WorkflowFollow.self, WorkflowHistory.self,
            WorkflowExplain.self, WorkflowStop.self, WorkflowRedrive.self, WorkflowShow.self, WorkflowSVG.self,
            WorkflowCheck.self,
        ],
        defaultSubcommand: WorkflowList.self)

    /// How commands answer.
    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json }
}
