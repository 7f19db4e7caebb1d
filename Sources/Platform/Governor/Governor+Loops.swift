import Core
import Logging

extension Governor {
    /// Alerts operators the first time that a loop of a lineage was ended, and puts it on record with the chain.
    func ended(_ loop: LoopEnd) {
        guard isNews(loop) else { return }
        let lineage = loop.descent.lineage
        logger.warning(
            "A function calls itself: the loop was ended.",
            metadata: [
                "lineage": "\(lineage)", "function": "\(loop.function.name)", "queue": "\(loop.queue.name)",
                "chain": "\(loop.descent.way)", "depth": "\(loop.descent.depth)",
                "message": loop.isKept ? "dead letter" : "deleted",
            ])
        audit.record(
            AuditRecord(
                time: wall(), kind: .governor, principal: "governor", action: "governor:LoopEnded",
                resource: GovernorScope.function(loop.function).description, outcome: .denied("loop"), lineage: lineage,
                facts: [
                    .init("chain", loop.descent.way), .init("queue", loop.queue.name.text),
                    .init("entry", loop.descent.entry?.name.text ?? "-"), .init("depth", "\(loop.descent.depth)"),
                    .init("message", loop.isKept ? "dead-letter" : "deleted"),
                ]))
    }
}
