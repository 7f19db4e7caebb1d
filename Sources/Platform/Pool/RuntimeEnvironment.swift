import Core
import Sandboxing

/// The environment variables of a version's instances.
///
/// The platform's names win over the function's, as on AWS; the endpoint is a default that a function may change.
/// Source: AWS Lambda developer guide, "Defined runtime environment variables".
struct RuntimeEnvironment {
    private let block: EnvironmentBlock
    /// Whether a variable is among them that an interpreter reads only when it starts.
    let needsFreshProcess: Bool

    init(_ version: FunctionVersion) {
        let configuration = version.configuration
        let door = "http://127.0.0.1:9001"
        var values = [
            "AWS_ENDPOINT_URL": door, "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
            "LANG": "en_US.UTF-8", "TZ": ":UTC", "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/bin",
            "HTTP_PROXY": Self.proxy, "HTTPS_PROXY": Self.proxy, "http_proxy": Self.proxy, "https_proxy": Self.proxy,
            "NO_PROXY": Self.direct, "no_proxy": Self.direct,
            "LD_LIBRARY_PATH": Self.libraryPath(configuration.runtime),
            // SDKs insist on credentials; these are worth nothing anywhere. The sandbox's socket says who calls.
            "AWS_ACCESS_KEY_ID": "ASIAMARTLETPLACEHOLD", "AWS_SECRET_ACCESS_KEY": "placeholder",
            "AWS_SESSION_TOKEN": "placeholder",
        ]
        if configuration.runtime.family == .node {
            values["NODE_PATH"] = Self.nodePath(configuration.runtime)
            // For the Node.js programs that a function starts, from version 24 on.
            values["NODE_USE_ENV_PROXY"] = "1"
        }
        let custom = configuration.environment.variables
        values.merge(custom) { _, own in own }
        values.merge([
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001", "LAMBDA_TASK_ROOT": "/var/task",
            "LAMBDA_RUNTIME_DIR": "/var/runtime", "_HANDLER": configuration.handler ?? "",
            "AWS_LAMBDA_FUNCTION_NAME": version.name.text, "AWS_LAMBDA_FUNCTION_VERSION": "\(version.number)",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": String(configuration.memory.megabytes),
            "AWS_LAMBDA_LOG_GROUP_NAME": configuration.logging.group,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_REGION": version.region.text, "AWS_DEFAULT_REGION": version.region.text,
        ]) { _, platform in platform }
        if configuration.logging.format == .json {
            values["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
            values["AWS_LAMBDA_LOG_LEVEL"] = configuration.logging.applicationLevel?.rawValue
        }
        if configuration.runtime.family == .provided {
            // Frames go the way of all that is printed: the pool tells them apart by their first bytes.
            values["_LAMBDA_TELEMETRY_LOG_FD"] = "1"
        } else {
            values["AWS_EXECUTION_ENV"] = "AWS_Lambda_\(configuration.runtime.identifier)"
        }
        values["AWS_LAMBDA_LOG_STREAM_NAME"] = nil
        block = EnvironmentBlock(values.sorted { $0.key < $1.key }.lazy.map { ($0.key, $0.value) })
        needsFreshProcess = custom.keys.contains(where: Self.isReadAtStart)
    }

    /// The variables of the instance that logs to a stream.
    func block(stream: LogStreamName) -> EnvironmentBlock {
        var block = block
        block.append("AWS_LAMBDA_LOG_STREAM_NAME", stream.text)
        return block
    }

    /// The governed way out, and what is reached without it.
    private static let proxy = "http://127.0.0.1:9002"
    private static let direct = "127.0.0.1,localhost,::1"

    private static func libraryPath(_ runtime: Runtime) -> String {
        // Where there is no language, the loader need not look for its libraries in twenty places.
        (runtime.family == .provided ? "" : "/var/lang/lib:")
            + "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"
    }

    private static func nodePath(_ runtime: Runtime) -> String {
        "/opt/nodejs/node\(runtime.interpreter)/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/task"
    }

    private static func isReadAtStart(_ name: String) -> Bool {
        name == "LD_LIBRARY_PATH" || name == "LD_PRELOAD" || name.hasPrefix("NODE_") || name.hasPrefix("PYTHON")
            || name.hasPrefix("MALLOC_") || name == "AWS_LAMBDA_EXEC_WRAPPER" || name.hasPrefix("GLIBC_")
    }
}

/// Names log streams as AWS does: `YYYY/MM/DD/[VERSION]` and 32 hexadecimal digits.
enum InstanceLogStream {
    static func id(for version: FunctionVersion, on day: Instant = .now) throws(NameError) -> LogStreamID {
        let group = LogGroupID(
            account: version.account, name: try LogGroupName(version.configuration.logging.group))
        return LogStreamID(group: group, name: try LogStreamName(name(version: version.number, on: day)))
    }

    private static func name(version: VersionNumber, on day: Instant) -> String {
        let date = day.iso8601.prefix(10).split(separator: "-").joined(separator: "/")
        return "\(date)/[\(version)]\(HexDigits.random)"
    }
}
