import ArgumentParser

/// `martlet schedules`: when schedules fire.
struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedules",
        abstract: "See when schedules fire.",
        subcommands: [ScheduleNext.self])
}
