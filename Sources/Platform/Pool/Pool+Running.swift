import Core
import NIOCore
import Sandboxing

/// A call on its instance: handed over, answered, timed out.
extension Pool {
    func dispatch(_ call: Pending, to instance: Instance, _ poller: RuntimeConnection) {
        guard let service = instance.service else { return }
        let invocation = call.invocation
        let timeout = service.version.configuration.timeout
        let number = service.number
        let began = service.callBegan ?? .now()
        instance.service?.callBegan = nil
        let running = Instance.Running(
            call, started: began, deadline: began + .seconds(Int64(timeout.seconds)),
            startLine: InvocationReport.start(requestID: invocation.id, version: service.version),
            before: service.initTail)
        instance.running = running
        instance.service?.initTail = nil
        watch(running, on: instance, number)
        instance.cause = invocation.cause
        let spent = (NIODeadline.now() - began).nanoseconds / 1_000_000
        let deadline = Instant.now.advanced(milliseconds: Int64(timeout.seconds) * 1000 - spent)
        poller.answer(
            .event(
                NextEvent(
                    requestID: invocation.id, deadline: deadline, functionARN: invocation.invokedARN,
                    trace: invocation.amazonTrace, clientContext: invocation.clientContext,
                    payload: invocation.payload)))
        // The first call's event leaves before a line is kept: to keep one may wake a thread that takes this processor.
        guard service.initDuration != nil else { return logStart(of: instance) }
        let bound = NIOLoopBound(instance, eventLoop: eventLoop)
        eventLoop.execute { self.assumeIsolated { $0.logStart(of: bound.value) } }
    }

    /// What a runtime asks of its door.
    func received(_ request: RuntimeRequest, on connection: RuntimeConnection, from instance: Instance) {
        switch request {
        case .next: next(on: connection, from: instance)
        case .response(let id, let body): answered(id, .success(body), on: connection, from: instance)
        case .invocationError(let id, _, let body):
            answered(id, .functionError(body), on: connection, from: instance)
        case .oversizedResponse(let id, _):
            let fault = FunctionFault.responseTooLarge(limit: RuntimeRequestParser.bodyLimit)
            let body = fault.payload(requestID: id)
            answered(id, .functionError(body), fault, with: .tooLarge, on: connection, from: instance)
        case .initError(let type, let body):
            guard instance.service?.isInitialized == false else { return connection.answer(.invalidTransition) }
            instance.service?.initError = .initFailed(type, body)
            connection.answer(.accepted)
        case .unknown: connection.answer(.unknown)
        }
    }

    /// The end of a call that has an instance: the log's last lines, then the answer.
    func finish(_ instance: Instance, _ outcome: InvocationResult.Outcome, _ fault: FunctionFault? = nil) {
        guard let running = instance.running, let service = instance.service else { return }
        instance.logs?.drain()
        let now = NIODeadline.now()
        let elapsed = now - running.started
        let report = InvocationReport(
            requestID: running.invocation.id, version: service.version,
            duration: .nanoseconds(elapsed.nanoseconds), initDuration: service.initDuration,
            peakMemory: instance.peakMemory(now: now), trace: running.invocation.trace, fault: fault)
        for line in report.end { log(line, of: instance) }
        let tail = instance.running?.tail?.last
        instance.running = nil
        instance.service?.initDuration = nil
        state.finished(running.invocation.need)
        running.reply(InvocationResult(outcome: outcome, executedVersion: service.version.number, logTail: tail))
        // The first call is over: now another sandbox may be parked without taking its processor time.
        guard service.initDuration != nil else { return }
        interpreters.program(for: service.version.configuration.runtime).map(refill)
    }

    /// Writes that the instance starts, and that a call does, each once.
    private func logStart(of instance: Instance) {
        if instance.service?.isUnannounced == true, let version = instance.service?.version {
            instance.service?.isUnannounced = false
            InvocationReport.initStart(version).map { keep($0, of: instance) }
        }
        guard let line = instance.running?.startLine else { return }
        instance.running?.startLine = nil
        keep(line, of: instance)
    }

    /// Writes one line to the function's log, after the lines that say what has started.
    func log(_ line: String, of instance: Instance) {
        logStart(of: instance)
        keep(line, of: instance)
    }

    /// Writes a line to the log, and to the tail of the call that it belongs to.
    private func keep(_ line: String, of instance: Instance) {
        guard let service = instance.service else { return }
        instance.service?.initTail?.append(line)
        instance.running?.tail?.append(line)
        surroundings.log(service.stream, line)
    }

    private func next(on connection: RuntimeConnection, from instance: Instance) {
        guard instance.running == nil, let service = instance.service, !service.hasOverrun else {
            return connection.answer(.invalidTransition)
        }
        // Where a call waits it would be handed out at once: who is gone already has not asked.
        if !service.isInitialized || state.hasWaiter(service.version.identity), !connection.isAlive {
            return connection.close()
        }
        instance.pollers.append(connection)
        guard !service.isWaiting else { return }
        instance.service?.isWaiting = true
        if !service.isInitialized {
            // What was said before the first call comes before its first line.
            instance.logs?.drain()
            instance.service?.isInitialized = true
            service.initTimeout?.cancel()
            if service.isWithinCall {
                instance.service?.callBegan = service.assigned
            } else {
                let elapsed = NIODeadline.now() - service.assigned
                instance.service?.initDuration = .nanoseconds(elapsed.nanoseconds)
            }
        }
        isReady(instance)
    }

    private func answered(
        _ id: String, _ outcome: InvocationResult.Outcome, _ fault: FunctionFault? = nil,
        with answer: RuntimeAnswer = .accepted, on connection: RuntimeConnection, from instance: Instance
    ) {
        guard instance.running?.invocation.id == id else { return connection.answer(.invalidRequestID) }
        connection.answer(answer)
        finish(instance, outcome, fault)
    }

    /// Sees to it that a call ends in time.
    private func watch(_ running: Instance.Running, on instance: Instance, _ number: Int) {
        if let alarm = instance.alarm {
            guard alarm.due > running.deadline else { return }
            alarm.timer.cancel()
        }
        let timer = eventLoop.scheduleTask(deadline: running.deadline) {
            self.assumeIsolated { $0.look(at: number) }
        }
        instance.alarm = Instance.Alarm(due: running.deadline, timer: timer)
    }

    /// An alarm is due: ends the call that runs, or waits for as long as it still has.
    private func look(at number: Int) {
        guard let instance = instances[number] else { return }
        instance.alarm = nil
        guard let running = instance.running else { return }
        if running.deadline <= .now() { timedOut(running, on: instance) } else { watch(running, on: instance, number) }
    }

    private func timedOut(_ running: Instance.Running, on instance: Instance) {
        guard let service = instance.service else { return }
        let (id, number) = (running.invocation.id, service.number)
        let fault = FunctionFault.timedOut(seconds: service.version.configuration.timeout.seconds)
        fault.line(requestID: id).map { log($0, of: instance) }
        finish(instance, .functionError(fault.payload(requestID: id)), fault)
        stop(number)
    }
}
