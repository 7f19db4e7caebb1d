import Core
import Vault

/// The platform's own log records around a call, as plain lines or as JSON, whichever the function asked for.
///
/// Source: AWS Lambda developer guide, "Lambda function logs in CloudWatch" and the Telemetry API's event schema.
struct InvocationReport {
    let requestID: String
    let version: FunctionVersion
    var duration: Duration
    var initDuration: Duration?
    var peakMemory: Int
    var trace: TraceContext
    var fault: FunctionFault?

    /// The line before all that an instance says.
    static func initStart(_ version: FunctionVersion) -> String? {
        let runtime = version.configuration.runtime
        switch version.configuration.logging.format {
        case .text:
            return "INIT_START Runtime Version: \(runtime.versionName)\tRuntime Version ARN: \(version.runtimeARN)\n"
        case .json where version.keepsUsualRecords:
            return record(
                "platform.initStart",
                [
                    ("initializationType", "on-demand"), ("phase", "init"),
                    ("runtimeVersion", .string(runtime.versionName)),
                    ("runtimeVersionArn", .string(version.runtimeARN)),
                    ("functionName", .string(version.name.text)), ("functionVersion", .string("\(version.number)")),
                ])
        case .json: return nil
        }
    }

    /// The line before a call.
    static func start(requestID: String, version: FunctionVersion) -> String? {
        switch version.configuration.logging.format {
        case .text: "START RequestId: \(requestID) Version: \(version.number)\n"
        case .json where version.keepsUsualRecords:
            record("platform.start", [("requestId", .string(requestID)), ("version", .string("\(version.number)"))])
        case .json: nil
        }
    }

    /// The line about a start that failed, before the time of a call or within it.
    static func initReport(
        _ version: FunctionVersion, after duration: Duration, isWithinCall: Bool, _ fault: FunctionFault
    ) -> String {
        let phase = isWithinCall ? "invoke" : "init"
        switch version.configuration.logging.format {
        case .text:
            return "INIT_REPORT Init Duration: \(milliseconds(duration)) ms\tPhase: \(phase)\tStatus: \(status(fault))"
                + (status(fault) == "timeout" ? "\n" : "\tError Type: \(fault.errorType)\n")
        case .json:
            var fields: [(String, JSON)] = [
                ("initializationType", "on-demand"), ("phase", .string(phase)), ("status", .string(status(fault))),
                ("metrics", ["durationMs": number(duration)]),
            ]
            if status(fault) != "timeout" { fields.append(("errorType", .string(fault.errorType))) }
            return record("platform.initReport", fields)
        }
    }

    /// The lines after a call.
    var end: [String] {
        switch version.configuration.logging.format {
        case .text: ["END RequestId: \(requestID)\n", text]
        case .json: fault != nil || version.keepsUsualRecords ? [json] : []
        }
    }

    private var text: String {
        var line = "REPORT RequestId: \(requestID)\tDuration: \(Self.milliseconds(duration)) ms\t"
        line += "Billed Duration: \(duration.wholeMilliseconds) ms\tMemory Size: \(memorySize) MB\t"
        line += "Max Memory Used: \(peakMemory) MB\t"
        if let initDuration { line += "Init Duration: \(Self.milliseconds(initDuration)) ms\t" }
        if let fault { line += "Status: \(Self.status(fault))\tError Type: \(fault.errorType)\t" }
        return line + "\n"
    }

    private var json: String {
        var metrics: [(String, JSON)] = [
            ("durationMs", Self.number(duration)), ("billedDurationMs", Self.number(duration.wholeMilliseconds)),
            ("memorySizeMB", Self.number(memorySize)), ("maxMemoryUsedMB", Self.number(peakMemory)),
        ]
        if let initDuration { metrics.append(("initDurationMs", Self.number(initDuration))) }
        var fields: [(String, JSON)] = [
            ("requestId", .string(requestID)), ("metrics", .object(JSONObject(metrics))),
            ("status", .string(fault.map(Self.status) ?? "success")),
        ]
        if let fault { fields.append(("errorType", .string(fault.errorType))) }
        return Self.record("platform.report", fields)
    }

    private var memorySize: Int { version.configuration.memory.megabytes }

    private static func status(_ fault: FunctionFault) -> String {
        switch fault {
        case .timedOut: "timeout"
        default: "error"
        }
    }

    private static func record(_ type: String, _ fields: [(String, JSON)]) -> String {
        let object = JSONObject([
            ("time", .string(Instant.now.iso8601)), ("type", .string(type)), ("record", .object(JSONObject(fields))),
        ])
        return JSON.object(object).text + "\n"
    }

    private static func number(_ value: Int) -> JSON { .number(JSONNumber(Int64(value))) }

    private static func number(_ duration: Duration) -> JSON {
        let hundredths = Self.hundredths(duration)
        return JSONNumber(Double(hundredths) / 100).map(JSON.number) ?? .null
    }

    /// Milliseconds with two digits after the point.
    private static func milliseconds(_ duration: Duration) -> String {
        let hundredths = Self.hundredths(duration)
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    private static func hundredths(_ duration: Duration) -> Int64 {
        duration.components.seconds * 100_000 + duration.components.attoseconds / 10_000_000_000_000
    }
}

extension FunctionVersion {
    /// A name for the runtime in the form AWS gives one; it changes only with the identifier.
    package var runtimeARN: String {
        "arn:aws:lambda:\(region)::runtime:\(SHA256Digest.hex(of: "martlet:\(configuration.runtime)"))"
    }

    /// Whether the log is to have what is said where nothing is wrong.
    fileprivate var keepsUsualRecords: Bool { configuration.logging.systemLevel != .warn }
}

extension Runtime {
    /// The runtime and its version as the first line of a log names them, such as `python:3.12`.
    fileprivate var versionName: String {
        switch family {
        case .python: "python:\(interpreter)"
        case .node: "nodejs:\(interpreter)"
        case .provided: identifier.split(separator: ".").joined(separator: ":")
        }
    }
}

extension Duration {
    /// Milliseconds, rounded up as bills are.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
