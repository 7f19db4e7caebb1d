import Core
import Platform

extension EventBridgeOperations {
    var tagOperations: [String: Handler] {
        ["ListTagsForResource": list, "TagResource": tag, "UntagResource": untag]
    }

    @Sendable private func list(_ request: EventBridgeRequest) async throws -> WireValue {
        let tags =
            switch try request.tagged() {
            case .bus(let name): try buses.bus(name).tags
            case .rule(let id): try buses.rule(id).tags
            }
        let sorted = tags.sorted { $0.key < $1.key }
        return ["Tags": .list(sorted.map { ["Key": .string($0.key), "Value": .string($0.value)] })]
    }

    @Sendable private func tag(_ request: EventBridgeRequest) async throws -> WireValue {
        switch try request.tagged() {
        case .bus(let name): try await buses.tag(name, with: request.tags)
        case .rule(let id): try await buses.tag(id, with: request.tags)
        }
        return [:]
    }

    @Sendable private func untag(_ request: EventBridgeRequest) async throws -> WireValue {
        let keys = request.input["TagKeys"]?.strings ?? []
        switch try request.tagged() {
        case .bus(let name): try await buses.untag(name, keys)
        case .rule(let id): try await buses.untag(id, keys)
        }
        return [:]
    }
}
