import AccessPolicy
import Core
import Storage

extension EventSources {
    /// What the platform does with a queue for a function, as the function's role.
    enum Use: String, CaseIterable {
        case receive = "ReceiveMessage"
        case delete = "DeleteMessage"
        case attributes = "GetQueueAttributes"
    }

    private static let service = "lambda.amazonaws.com"

    /// Refuses a mapping that could not work, as AWS does.
    nonisolated func check(_ source: EventSource) async throws(EventSourceError) {
        try source.settings.check(isFIFO: source.queue.name.isFIFO)
        let target = try await target(of: source)
        let queue: Queue
        do throws(QueueError) { queue = try await queues.queue(source.queue) } catch {
            throw error == .missing ? .queueMissing : .storageFailed(StoreFault(error))
        }
        let principal = try await principal(of: target)
        for use in Use.allCases {
            guard try await mayUse(queue, principal, use) else { throw .notAllowed(operation: use.rawValue) }
        }
        let timeout = target.versions.map(\.configuration.timeout.seconds).max() ?? 0
        guard queue.settings.visibilityTimeout >= timeout else {
            throw .visibilityTooShort(visibility: queue.settings.visibilityTimeout, timeout: timeout)
        }
    }

    /// The function of a mapping.
    nonisolated func target(of source: EventSource) async throws(EventSourceError) -> ResolvedFunction {
        guard let reference = source.reference else { throw .functionMissing(arn: "") }
        let found: ResolvedFunction?
        do { found = try await surroundings.resolve(reference) } catch {
            throw .storageFailed(StoreFault(error))
        }
        guard let found else { throw .functionMissing(arn: arn(of: reference)) }
        return found
    }

    /// The ARN of a function as a mapping names it.
    package nonisolated func arn(of function: FunctionReference) -> String {
        "arn:aws:lambda:\(region):\(account):function:\(function.name)" + (function.qualifier.map { ":\($0)" } ?? "")
    }

    /// A function's role, as the platform acts for the function.
    nonisolated func principal(of target: ResolvedFunction) async throws(EventSourceError) -> Principal {
        let found: Principal?
        do {
            found = try await identity.session(
                of: target.main.configuration.role, for: Self.service, named: target.name.text,
                facts: ["aws:sourceaccount": .text(account.text)])
        } catch { throw .storageFailed(StoreFault(error)) }
        guard let found else { throw .roleNotAssumable }
        return found
    }

    /// Whether a function's role may do something with a queue.
    nonisolated func mayUse(_ queue: Queue, _ principal: Principal, _ use: Use) async throws(EventSourceError) -> Bool {
        let resource = Resource.named(queue.address.arn(in: region), owner: queue.address.account)
        do {
            try await identity.authorize(
                principal, Action(service: "sqs", name: use.rawValue), on: resource,
                policy: identity.access.resourcePolicy(
                    queue.settings.policy, of: "policy of queue \(queue.address.name)"),
                in: AccessContext(time: .now, region: region))
            return true
        } catch is AccessDenied { return false } catch { throw .storageFailed(StoreFault(error)) }
    }
}
