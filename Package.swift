// swift-tools-version: 6.2
import PackageDescription

/// Where libFuzzer lies, if `dev/fuzz` is what builds: only then are there instrumentation and a fuzzing program.
let fuzzer = Context.environment["MARTLET_FUZZER"]

/// Every target is compiled alike: Swift 6 mode, strict memory safety, upcoming features on, warnings are errors.
var strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]
if fuzzer != nil { strict.append(.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])) }

/// The optimised program carries Swift's own libraries: it is one file that needs no Swift on the machine it runs on.
let standalone: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims", "-l_FoundationCollections",
        ], .when(configuration: .release))
]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]
let tls: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
    name: "martlet",
    products: [.executable(name: "martlet", targets: ["martlet"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", .upToNextMinor(from: "4.5.2")),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Values that cannot be wrong.
        .target(name: "Core", swiftSettings: strict),

        // Pure languages.
        .target(
            name: "AccessPolicy", dependencies: ["Core"], path: "Sources/Languages/AccessPolicy",
            swiftSettings: strict),
        .target(
            name: "EventPattern", dependencies: ["Core"], path: "Sources/Languages/EventPattern",
            swiftSettings: strict),
        .target(name: "JSONPath", dependencies: ["Core"], path: "Sources/Languages/JSONPath", swiftSettings: strict),
        .target(
            name: "StatesLanguage", dependencies: ["Core", "JSONPath"], path: "Sources/Languages/StatesLanguage",
            swiftSettings: strict, plugins: ["Embed"]),
        .target(
            name: "JSONata", dependencies: ["Core"], path: "Sources/Languages/JSONata", swiftSettings: strict),
        .target(
            name: "ScheduleExpression", dependencies: ["Core"], path: "Sources/Languages/ScheduleExpression",
            swiftSettings: strict),

        // Confinement: the starter process, the init shim, control groups, system call filter.
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .target(name: "CSandbox", cSettings: [.unsafeFlags(["-Wall", "-Wextra"])]),
        .target(
            name: "Sandboxing", dependencies: ["Core", "CSandbox", "CSeccomp", logging] + nio,
            swiftSettings: strict, plugins: ["Embed"]),

        // Durable state.
        .target(
            name: "Storage",
            dependencies: [
                "Core", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),

        // Keys and envelopes.
        .target(
            name: "Vault",
            dependencies: [
                "Core", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict),

        // The way out of a sandbox. CSplice is what Linux has to move bytes between sockets, and Glibc does not import.
        .target(name: "CSplice", cSettings: [.unsafeFlags(["-Wall", "-Wextra"])]),
        .target(
            name: "Egress",
            dependencies: ["Core", "CSplice", logging, tls, .product(name: "NIOTLS", package: "swift-nio")] + nio,
            swiftSettings: strict),

        // Functions, pool, invocations: the features.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "Platform",
            dependencies: [
                "Core", "AccessPolicy", "EventPattern", "JSONata", "ScheduleExpression", "StatesLanguage", "Sandboxing",
                "Storage", "Vault", "Egress", "CZlib", logging,
            ] + nio,
            swiftSettings: strict),

        // The wire.
        .target(
            name: "Gateway",
            dependencies: [
                "Core", "AccessPolicy", "EventPattern", "ScheduleExpression", "StatesLanguage", "Platform", "Vault",
                logging,
            ] + nio,
            swiftSettings: strict, plugins: ["Embed"]),

        .executableTarget(
            name: "martlet",
            dependencies: [
                "Core", "AccessPolicy", "ScheduleExpression", "StatesLanguage", "Gateway", "Platform", "Sandboxing",
                "Storage", "Vault", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ] + nio,
            swiftSettings: strict,
            linkerSettings: standalone),

        // Turns files that travel inside the binary (init shim, runtime clients, service models) into Swift.
        .plugin(name: "Embed", capability: .buildTool()),

        // How fast the store is beside SQLite itself.
        .executableTarget(
            name: "store-bench",
            dependencies: ["Core", "Storage", .product(name: "GRDBSQLite", package: "GRDB.swift")],
            path: "Benchmarks/StoreBench", swiftSettings: strict),

        // How these programs say what they measured.
        .target(name: "BenchReport", path: "Benchmarks/Report", swiftSettings: strict),

        // How long a decision over many statements takes.
        .executableTarget(
            name: "policy-bench", dependencies: ["AccessPolicy", "BenchReport", "Core"], path: "Benchmarks/PolicyBench",
            swiftSettings: strict),

        // How fast events are matched with many rules.
        .executableTarget(
            name: "pattern-bench", dependencies: ["BenchReport", "Core", "EventPattern"],
            path: "Benchmarks/PatternBench",
            swiftSettings: strict),

        // How fast the audit trail is written and verified, and what it costs a call to be governed.
        .executableTarget(
            name: "audit-bench", dependencies: ["AccessPolicy", "BenchReport", "Core", "Platform", "Storage", "Vault"],
            path: "Benchmarks/AuditBench",
            swiftSettings: strict),

        // How fast the way out is beside the direct connection.
        .executableTarget(
            name: "egress-bench", dependencies: ["BenchReport", "Core", "Egress"] + nio, path: "Benchmarks/EgressBench",
            swiftSettings: strict, linkerSettings: standalone),

        // How fast queues are beside the store that they lie in.
        .executableTarget(
            name: "queue-bench", dependencies: ["BenchReport", "Core", "Platform", "Storage", "Vault", logging],
            path: "Benchmarks/QueueBench", swiftSettings: strict),

        // How late schedules fire, and what a dead target costs the others.
        .executableTarget(
            name: "event-bench", dependencies: ["BenchReport", "Core", "Platform", "Storage", "Vault", logging] + nio,
            path: "Benchmarks/EventBench", swiftSettings: strict),
        // How fast executions are beside the store that they lie in.
        .executableTarget(
            name: "workflow-bench", dependencies: ["BenchReport", "Core", "Platform", "Storage", "Vault", logging],
            path: "Benchmarks/WorkflowBench", swiftSettings: strict),

        // What several test targets share.
        .target(
            name: "TestSupport",
            dependencies: [
                "Core", "StatesLanguage", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Core", "AccessPolicy", "EventPattern", "JSONata", "JSONPath", "ScheduleExpression", "StatesLanguage",
                "Sandboxing", "CSandbox", "Storage", "Vault", "Egress", "Platform", "Gateway", "TestSupport",
            ] + nio,
            path: "Fuzz/Harness", swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: strict),
        .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: strict),
        .testTarget(name: "CoreTests", dependencies: ["Core", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "AccessPolicyTests", dependencies: ["AccessPolicy", "Core", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "EventPatternTests", dependencies: ["Core", "EventPattern", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "JSONPathTests", dependencies: ["Core", "JSONPath", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "StatesLanguageTests",
            dependencies: [
                "Core", "JSONPath", "Platform", "StatesLanguage", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            exclude: ["Histories"], swiftSettings: strict),
        .testTarget(
            name: "JSONataTests",
            dependencies: [
                "Core", "JSONata", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ScheduleExpressionTests", dependencies: ["Core", "ScheduleExpression"],
            swiftSettings: strict),
        // The starter as a program of its own, so that tests of sandboxes need not wait for the server to be linked.
        .executableTarget(name: "starter-test-host", dependencies: ["CSandbox"], path: "Tests/StarterHost"),
        .testTarget(
            name: "SandboxingTests",
            dependencies: [
                "Core", "Sandboxing", "TestSupport", "starter-test-host",
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ] + nio, swiftSettings: strict),
        .executableTarget(
            name: "crash-writer", dependencies: ["Core", "Storage"], path: "Tests/CrashWriter", swiftSettings: strict),
        .testTarget(
            name: "StorageTests",
            dependencies: ["Storage", "TestSupport", "crash-writer", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .testTarget(
            name: "VaultTests",
            dependencies: ["Vault", "TestSupport", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .testTarget(
            name: "EgressTests", dependencies: ["Core", "Egress", "TestSupport", tls] + nio, swiftSettings: strict),
        .testTarget(
            name: "PlatformTests",
            dependencies: [
                "AccessPolicy", "EventPattern", "ScheduleExpression", "StatesLanguage", "Egress", "Platform", "Storage",
                "Vault", "CZlib", "TestSupport",
            ] + nio,
            swiftSettings: strict),
        .testTarget(
            name: "GatewayTests",
            dependencies: ["AccessPolicy", "Gateway", "Platform", "Storage", "Vault", "TestSupport", logging] + nio,
            swiftSettings: strict),
        .testTarget(
            name: "MartletTests",
            dependencies: [
                "martlet", "AccessPolicy", "ScheduleExpression", "StatesLanguage", "Egress", "Gateway", "Platform",
                "Sandboxing", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ] + nio,
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

if let fuzzer {
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Fuzz/CFuzzer"),
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzTargets", "CFuzzer"], path: "Fuzz/Program", swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-sanitize=address", fuzzer, "-lstdc++"])]),
    ]
}
