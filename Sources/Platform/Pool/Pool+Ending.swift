import Core
import NIOCore
import Sandboxing

/// How instances end, and what their ends mean for the calls on them.
extension Pool {
    /// A sandbox is gone, whoever ended it.
    func ended(_ exit: SandboxExit) {
        guard let instance = bySandbox.removeValue(forKey: exit.id) else { return }
        instance.logs?.drain()
        if let rest = instance.lines.finish() { log(rest, of: instance) }
        instance.sawPeak(exit.memoryPeak)
        if let service = instance.service, service.hasOverrun, !service.hasFailed {
            instance.close()
            instances[service.number] = nil
            order(.startAgain(instance: service.number, service.version))
        } else if let service = instance.service, let failure = exit.failure, !service.isInitialized, !service.hasFailed
        {
            failStart(service.number, service.version, failure)
            instance.close()
            forget(service.number)
        } else if let service = instance.service {
            let fault = service.fault ?? fault(of: exit, service.version)
            if let running = instance.running {
                let id = running.invocation.id
                fault.line(requestID: id).map { log($0, of: instance) }
                finish(instance, .functionError(fault.payload(requestID: id)), fault)
            } else if !service.isInitialized, !service.hasFailed {
                failStart(of: instance, service.initError ?? fault)
            }
            instance.close()
            forget(service.number)
        } else {
            parking.lost { $0 == exit.id }
            instance.close()
        }
    }

    /// No sandbox is left: who still waits for an answer is told why there will be none, so that nobody waits out the
    /// time of a function that is gone.
    func endCalls() {
        beginStopping()
        for instance in bySandbox.values { finish(instance, .unavailable(.shuttingDown)) }
        for call in takePending(where: { _ in true }) {
            refuse(call.invocation, .unavailable(.shuttingDown), call.reply)
        }
    }

    /// An instance ended before it took a call: the one that waited for it ends too, with a log like any other's.
    func failStart(of instance: Instance, _ fault: FunctionFault) {
        guard let service = instance.service else { return }
        let now = NIODeadline.now()
        let elapsed = Duration.nanoseconds((now - service.assigned).nanoseconds)
        log(
            InvocationReport.initReport(service.version, after: elapsed, isWithinCall: service.isWithinCall, fault),
            of: instance)
        guard let call = takeFailed(service.number) else { return }
        let invocation = call.invocation
        let report = InvocationReport(
            requestID: invocation.id, version: service.version, duration: elapsed, initDuration: nil,
            peakMemory: instance.peakMemory(now: now), trace: invocation.trace, fault: fault)
        InvocationReport.start(requestID: invocation.id, version: service.version).map { log($0, of: instance) }
        fault.line(requestID: invocation.id).map { log($0, of: instance) }
        for line in report.end { log(line, of: instance) }
        call.reply(
            InvocationResult(
                outcome: .functionError(fault.payload(requestID: invocation.id)),
                executedVersion: service.version.number,
                logTail: invocation.wantsLogTail ? instance.service?.initTail?.last : nil))
    }

    /// A connection of the sandbox has closed; if it waited for an event, it waits no more.
    func closed(_ connection: RuntimeConnection, of instance: Instance) {
        instance.pollers.removeAll { $0 === connection }
    }

    /// A limit tells itself apart from the host's need: what was killed for memory far below its limit was not to blame.
    private func fault(of exit: SandboxExit, _ version: FunctionVersion) -> FunctionFault {
        let limit = version.configuration.memory.megabytes
        guard !exit.oomKilled else {
            return Int(exit.memoryPeak >> 20) * 10 >= limit * 9 ? .outOfMemory(limit: limit) : .hostOutOfMemory
        }
        return switch exit.cause {
        case .exited(let status): .exited(status: status)
        case .signalled(let signal): .signalled(signal)
        case .lost: .signalled(9)
        }
    }
}
