import Core

/// Reads the history of an execution while it grows, each event once.
///
/// The last page is asked for again until it is full: the API gives no place to go on from behind it.
struct HistoryFeed {
    let service: WorkflowService
    let execution: String
    let withData: Bool
    private var token: String?
    private var last: Int64 = 0

    init(_ service: WorkflowService, _ execution: String, withData: Bool) {
        self.service = service
        self.execution = execution
        self.withData = withData
    }

    /// The events since the last time.
    mutating func new() async throws -> [JSON] {
        var found: [JSON] = []
        while true {
            let page = try await service.history(execution, withData: withData, token: token)
            for event in page.events {
                guard let id = event["id"]?.integer else { throw ClientError.malformedAnswer }
                guard id > last else { continue }
                last = id
                found.append(event)
            }
            guard let next = page.next else { return found }
            token = next
        }
    }
}
