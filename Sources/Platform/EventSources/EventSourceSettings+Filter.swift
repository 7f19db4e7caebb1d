import EventPattern

extension EventSourceSettings {
    /// What lets messages pass.
    func filter() throws(EventSourceError) -> EventSourceFilter {
        do throws(EventSourceFilterFlaw) { return try EventSourceFilter(parsing: filters, payloadName: "body") } catch {
            throw .badFilter(error)
        }
    }
}
