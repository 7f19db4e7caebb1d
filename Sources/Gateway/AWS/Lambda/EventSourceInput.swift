import Core
import Platform

/// What a caller says of an event source mapping; an update leaves as it was what is not said.
struct EventSourceInput: Sendable {
    private static let unserved = [
        "ParallelizationFactor", "StartingPosition", "StartingPositionTimestamp", "MaximumRecordAgeInSeconds",
        "BisectBatchOnFunctionError", "MaximumRetryAttempts", "TumblingWindowInSeconds", "Topics", "Queues",
        "SourceAccessConfigurations", "SelfManagedEventSource", "AmazonManagedKafkaEventSourceConfig",
        "SelfManagedKafkaEventSourceConfig", "DocumentDBEventSourceConfig",
    ]

    let input: WireValue

    /// Refuses what is for other sources than queues, or not served.
    func refuseUnserved() throws {
        for name in Self.unserved where input[name] != nil {
            throw WireError.invalidParameter("Unsupported \(name) parameter for given event source mapping type.")
        }
        // Clients send it empty where nothing is said.
        if let destinations = input["DestinationConfig"],
            destinations["OnFailure"]?["Destination"] != nil || destinations["OnSuccess"]?["Destination"] != nil
        {
            throw WireError.invalidParameter(
                "Unsupported DestinationConfig parameter for given event source mapping type.")
        }
        try input.refuse("ProvisionedPollerConfig", "LoggingConfig")
    }

    /// Writes what is said into settings.
    func apply(to settings: inout EventSourceSettings) throws(EventSourceError) {
        if let size = input["BatchSize"]?.int { settings.batchSize = size }
        if let window = input["MaximumBatchingWindowInSeconds"]?.int { settings.window = window }
        if let enabled = input["Enabled"]?.bool { settings.isEnabled = enabled }
        if let types = input["FunctionResponseTypes"]?.strings {
            settings.reportsFailures = types.contains("ReportBatchItemFailures")
        }
        if let criteria = input["FilterCriteria"] {
            settings.filters = (criteria["Filters"]?.list ?? []).compactMap { $0["Pattern"]?.string }
        }
        if let scaling = input["ScalingConfig"] { settings.concurrency = scaling["MaximumConcurrency"]?.int }
        if let key = input["KMSKeyArn"]?.string { settings.keyARN = key.isEmpty ? nil : key }
        if let metrics = input["MetricsConfig"] { settings.metrics = metrics["Metrics"]?.strings ?? [] }
    }
}
