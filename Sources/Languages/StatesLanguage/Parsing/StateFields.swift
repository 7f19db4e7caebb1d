/// Which fields a state of each kind may have.
enum StateFields {
    /// The fields of a kind in a language.
    static func known(_ kind: StateKind, _ language: QueryLanguage) -> Set<String> {
        let common: Set<String> = ["Type", "Comment", "QueryLanguage"]
        return common.union(shared(kind)).union(language == .jsonPath ? jsonPath(kind) : jsonata(kind))
    }

    private static func shared(_ kind: StateKind) -> Set<String> {
        switch kind {
        case .task:
            [
                "Next", "End", "Assign", "Retry", "Catch", "Resource", "TimeoutSeconds", "HeartbeatSeconds",
                "Credentials",
            ]
        case .pass: ["Next", "End", "Assign"]
        case .choice: ["Choices", "Default", "Assign"]
        case .wait: ["Next", "End", "Assign", "Seconds", "Timestamp"]
        case .succeed: []
        case .fail: ["Error", "Cause"]
        case .parallel: ["Next", "End", "Assign", "Retry", "Catch", "Branches"]
        case .map:
            [
                "Next", "End", "Assign", "Retry", "Catch", "ItemProcessor", "Iterator", "ItemSelector", "ItemReader",
                "ItemBatcher", "ResultWriter", "MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage",
                "Label",
            ]
        }
    }

    private static func jsonPath(_ kind: StateKind) -> Set<String> {
        let paths: Set<String> = ["InputPath", "OutputPath"]
        let results: Set<String> = ["InputPath", "OutputPath", "Parameters", "ResultSelector", "ResultPath"]
        return switch kind {
        case .task: results.union(["TimeoutSecondsPath", "HeartbeatSecondsPath"])
        case .pass: ["InputPath", "OutputPath", "Parameters", "ResultPath", "Result"]
        case .choice, .succeed: paths
        case .wait: paths.union(["SecondsPath", "TimestampPath"])
        case .fail: ["ErrorPath", "CausePath", "InputPath", "OutputPath"]
        case .parallel: results
        case .map:
            results.union([
                "ItemsPath", "MaxConcurrencyPath", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath",
            ])
        }
    }

    private static func jsonata(_ kind: StateKind) -> Set<String> {
        switch kind {
        case .task, .parallel: ["Arguments", "Output"]
        case .map: ["Items", "Output"]
        case .pass, .wait, .succeed, .choice: ["Output"]
        case .fail: []
        }
    }
}
