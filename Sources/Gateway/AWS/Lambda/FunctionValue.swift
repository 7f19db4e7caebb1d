import Core
import Platform
import Vault

/// Shows a version of a function as the model's `FunctionConfiguration`.
struct FunctionValue {
    let version: FunctionVersion

    /// The ARN as AWS shows it for this request: with or without a qualifier.
    let arn: String

    /// Shows a version under the ARN by which it was asked for.
    init(_ version: FunctionVersion, qualifier: Qualifier?) {
        self.version = version
        arn = version.functionARN + (qualifier.map { ":\($0)" } ?? "")
    }

    /// Shows a version under its own number, or without one where it is the unpublished one.
    init(_ version: FunctionVersion) {
        self.version = version
        arn = version.number == .latest ? version.functionARN : version.qualifiedARN
    }

    /// Everything, with the state of the function.
    var complete: WireValue {
        var value = listed
        value["State"] = "Active"
        value["LastUpdateStatus"] = "Successful"
        return value
    }

    /// What lists show.
    var listed: WireValue {
        let configuration = version.configuration
        return [
            "FunctionName": .string(version.name.text),
            "FunctionArn": .string(arn),
            "Runtime": .string(configuration.runtime.identifier),
            "Role": .string(configuration.role.text),
            "Handler": WireValue(configuration.handler),
            "CodeSize": WireValue(version.code.size),
            "Description": .string(configuration.description),
            "Timeout": WireValue(configuration.timeout.seconds),
            "MemorySize": WireValue(configuration.memory.megabytes),
            "LastModified": .string(version.lastModified.amazonText),
            "CodeSha256": .string(version.code.sha256),
            "Version": .string(version.number.description),
            "VpcConfig": network,
            "DeadLetterConfig": configuration.surroundings.deadLetterTarget.map { ["TargetArn": .string($0)] } ?? nil,
            "Environment": environment,
            "KMSKeyArn": WireValue(configuration.surroundings.keyARN),
            "TracingConfig": ["Mode": .string(configuration.tracing.rawValue)],
            "RevisionId": .string(version.revision),
            "Layers": layers,
            "PackageType": "Zip",
            "Architectures": [.string(configuration.architecture.rawValue)],
            "EphemeralStorage": ["Size": WireValue(configuration.ephemeralStorage.megabytes)],
            "SnapStart": [
                "ApplyOn": .string(configuration.surroundings.snapStart ?? "None"), "OptimizationStatus": "Off",
            ],
            "RuntimeVersionConfig": ["RuntimeVersionArn": .string(version.runtimeARN)],
            "LoggingConfig": logging,
        ]
    }

    private var environment: WireValue {
        let variables = version.configuration.environment.variables
        guard !variables.isEmpty else { return nil }
        let sorted = variables.sorted { $0.key < $1.key }
        return ["Variables": .structure(WireFields(sorted.map { ($0.key, .string($0.value)) }))]
    }

    private var layers: WireValue {
        let configuration = version.configuration
        guard !configuration.layers.isEmpty else { return nil }
        return .list(
            zip(configuration.layers, version.layerCode).map { layer, code in
                ["Arn": .string(layer.description), "CodeSize": WireValue(code.size)]
            })
    }

    private var network: WireValue {
        let surroundings = version.configuration.surroundings
        guard !surroundings.subnets.isEmpty || !surroundings.securityGroups.isEmpty else { return nil }
        return [
            "SubnetIds": WireValue(surroundings.subnets), "SecurityGroupIds": WireValue(surroundings.securityGroups),
            "VpcId": "", "Ipv6AllowedForDualStack": .bool(surroundings.dualStack ?? false),
        ]
    }

    private var logging: WireValue {
        let logging = version.configuration.logging
        return [
            "LogFormat": .string(logging.format.rawValue),
            "ApplicationLogLevel": WireValue(logging.applicationLevel?.rawValue),
            "SystemLogLevel": WireValue(logging.systemLevel?.rawValue),
            "LogGroup": .string(logging.group),
        ]
    }
}

extension Instant {
    /// The form in which Lambda writes times as text: `2026-11-20T12:00:00.000+0000`.
    var amazonText: String {
        let clock = Timestamp.text(Double(milliseconds / 1000), as: .iso8601).dropLast()
        let fraction = String(milliseconds % 1000)
        return clock + "." + String(repeating: "0", count: max(0, 3 - fraction.utf8.count)) + fraction + "+0000"
    }
}

extension WireValue {
    /// A page of a list, and where it goes on.
    init<Element>(_ listing: Listing<Element>, named name: String, _ show: (Element) -> WireValue) {
        self = [name: .list(listing.elements.map(show)), "NextMarker": WireValue(listing.next)]
    }
}
