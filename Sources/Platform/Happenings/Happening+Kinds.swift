import Core

/// What is told of functions and of what is delivered.
extension Happening {
    /// An asynchronous call was given up, after its retries or because it could not be run.
    ///
    /// In the shape in which Lambda tells a destination of it, without the payloads.
    /// Source: AWS Lambda developer guide, "Capturing records of Lambda asynchronous invocations".
    static func callFailed(
        function: String, request: RequestID, reason: String, attempts: Int, version: VersionNumber?,
        isFunctionError: Bool, _ descent: Descent, _ trace: TraceContext, at now: Instant
    ) -> Happening {
        let parts = reason.split(separator: ":", maxSplits: 1)
        let condition = parts.first.map(String.init) ?? reason
        var detail: [(String, JSON)] = [
            ("version", "1.0"), ("timestamp", .string(now.iso8601)),
            (
                "requestContext",
                [
                    "requestId": .string(request.description), "functionArn": .string(function),
                    "condition": .string(condition),
                    "approximateInvokeCount": .number(JSONNumber(Int64(attempts))),
                ]
            ), ("lineage", .string("\(descent.lineage)")),
        ]
        if let version {
            var context: [(String, JSON)] = [("statusCode", 200), ("executedVersion", .string("\(version)"))]
            if isFunctionError { context.append(("functionError", "Unhandled")) }
            detail.append(("responseContext", .object(JSONObject(context))))
        }
        return Happening(
            source: "aws.lambda", type: "Lambda Function Invocation Result - Failure", subject: function,
            resources: [function], detail: detail, descent: descent, trace: trace, isFailure: true)
    }

    /// A call found no room.
    static func throttled(
        _ function: String, _ throttle: Throttle, _ descent: Descent, _ trace: TraceContext
    ) -> Happening {
        let (reason, limit): (JSON, Int) =
            switch throttle {
            case .account(let limit): ("ConcurrentInvocationLimitExceeded", limit)
            case .reserved(let limit): ("ReservedFunctionConcurrentInvocationLimitExceeded", limit)
            case .host(let budget, _): ("HostMemoryExceeded", budget)
            }
        return Happening(
            source: "martlet.functions", type: throttledType, subject: function, resources: [function],
            detail: [
                ("functionArn", .string(function)), ("reason", reason), ("limit", .number(JSONNumber(Int64(limit)))),
                ("lineage", .string("\(descent.lineage)")),
            ], descent: descent, trace: trace, pace: .flood, isFailure: true)
    }

    static let throttledType = "Function Call Throttled"

    /// What could not be delivered lies in a queue, or among the platform's own dead letters.
    static func deadLetter(_ parcel: Parcel, _ refusal: DeliveryRefusal, attempts: Int, queue: String?) -> Happening {
        Happening(
            source: "martlet.deliveries", type: "Dead Letter Written", subject: parcel.target,
            resources: [parcel.sender.source, parcel.target],
            detail: [
                ("id", .string(parcel.id.description)), ("target", .string(parcel.target)),
                ("sender", .string(parcel.sender.source)), ("code", .string(refusal.code)),
                ("message", .string(refusal.reason)), ("attempts", .number(JSONNumber(Int64(attempts)))),
                ("queue", queue.map(JSON.string) ?? .null), ("lineage", .string("\(parcel.descent.lineage)")),
            ], descent: parcel.descent, trace: parcel.trace.child(), isFailure: true)
    }
}

/// What is told of schedules, queues, the governor and the server.
extension Happening {
    /// Times were missed, of which the latest may be fired late.
    static func missed(_ arn: ARN, _ plan: FiringPlan) -> Happening {
        Happening(
            source: "martlet.schedules", type: "Schedule Firing Missed", subject: "\(arn)", resources: ["\(arn)"],
            detail: [
                ("schedule", .string("\(arn)")), ("missed", .number(JSONNumber(Int64(plan.missed)))),
                ("fired", plan.fires.map { .string($0.iso8601) } ?? .null),
            ])
    }

    /// A queue holds more than it should, or what is in it is older; or it does not any more.
    static func queue(_ arn: ARN, isGrowing: Bool, waiting: Int, age: Int, _ bounds: QueueBounds) -> Happening {
        Happening(
            source: "martlet.queues", type: isGrowing ? "Queue Growing" : "Queue Recovered", subject: "\(arn)",
            resources: ["\(arn)"],
            detail: [
                ("queue", .string("\(arn)")), ("waiting", .number(JSONNumber(Int64(waiting)))),
                ("oldestSeconds", .number(JSONNumber(Int64(age)))),
                ("waitingBound", .number(JSONNumber(Int64(bounds.waiting)))),
                ("oldestSecondsBound", .number(JSONNumber(Int64(bounds.age)))),
            ])
    }

    /// An operator has stopped or limited something, or lifted that.
    package static func ruled(_ scope: GovernorScope, _ rule: GovernorRule?) -> Happening {
        var detail: [(String, JSON)] = [("scope", .string("\(scope)"))]
        if let rule {
            detail += [("setBy", .string(rule.setBy)), ("reason", .string(rule.reason))]
            switch rule.action {
            case .stop: detail.append(("action", "stop"))
            case .limit(let rate, let concurrency):
                detail.append(("action", "limit"))
                if let number = rate.flatMap(JSONNumber.init) { detail.append(("rate", .number(number))) }
                if let concurrency { detail.append(("concurrency", .number(JSONNumber(Int64(concurrency))))) }
            }
        }
        return Happening(
            source: "martlet.governor", type: rule == nil ? "Governor Rule Lifted" : "Governor Rule Set",
            subject: "\(scope)", detail: detail)
    }

    /// A lineage may go no further: told once of each budget of a lineage.
    static func usedUp(_ item: LineageBudget.Item, _ budget: LineageBudget, by call: GovernedCall) -> Happening {
        Happening(
            source: "martlet.governor", type: "Lineage Budget Used Up", subject: budget.entry,
            detail: [
                ("lineage", .string("\(call.lineage)")), ("budget", .string(item.rawValue)),
                ("limit", .string(budget.limit(of: item))), ("setBy", .string(budget.setBy)),
                ("entry", call.entry.map { .string($0.name.text) } ?? .null),
                ("function", call.function.map { .string($0.name.text) } ?? .null),
                ("depth", .number(JSONNumber(Int64(call.depth)))),
            ], descent: call.descent, isFailure: true)
    }

    /// The server takes calls from now on, or no more.
    package static func server(isStarting: Bool) -> Happening {
        Happening(
            source: "martlet.server", type: isStarting ? "Server Started" : "Server Stopping", subject: "server",
            detail: [])
    }
}
