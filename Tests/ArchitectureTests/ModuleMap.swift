/// Which module may import which: the arrows point down, and each third-party package has one home.
enum ModuleMap {
    /// What the platform's own modules may import of each other.
    static let arrows: [String: Set<String>] = [
        "Core": [],
        "AccessPolicy": ["Core"],
        "EventPattern": ["Core"],
        "JSONata": ["Core"],
        "JSONPath": ["Core"],
        "ScheduleExpression": ["Core"],
        "StatesLanguage": ["Core", "JSONPath"],
        "Sandboxing": ["Core", "CSandbox", "CSeccomp"],
        "Storage": ["Core"],
        "Vault": ["Core"],
        "Egress": ["Core"],
        "Platform": [
            "Core", "AccessPolicy", "EventPattern", "JSONata", "ScheduleExpression", "StatesLanguage", "Sandboxing",
            "Storage", "Vault", "Egress", "CZlib",
        ],
        "Gateway": [
            "Core", "AccessPolicy", "EventPattern", "ScheduleExpression", "StatesLanguage", "Platform", "Vault",
        ],
        "martlet": [
            "Core", "AccessPolicy", "ScheduleExpression", "Sandboxing", "Storage", "Vault", "Egress", "Platform",
            "Gateway",
        ],
    ]

    /// The home of each third-party module.
    static let homes: [String: Set<String>] = [
        "GRDB": ["Storage"],
        "GRDBSQLite": ["Storage"],
        "NIOSSL": ["Egress"],
        "NIOTLS": ["Egress"],
        "Crypto": ["Vault"],
        "CryptoExtras": ["Vault"],
        "CCryptoBoringSSL": ["Vault"],
        "ArgumentParser": ["martlet"],
        "Yams": ["martlet"],
        "Logging": ["Sandboxing", "Storage", "Egress", "Platform", "Gateway", "martlet"],
        "NIOCore": event, "NIOPosix": event, "NIOHTTP1": event, "NIOConcurrencyHelpers": event,
        "NIOFoundationCompat": event,
    ]

    /// What comes with the toolchain and may be imported anywhere.
    static let toolchain: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Musl", "Synchronization", "Dispatch", "SystemPackage",
    ]

    private static let event: Set<String> = ["Sandboxing", "Egress", "Platform", "Gateway", "martlet"]

    /// Whether a module may import another.
    static func allows(_ module: String, importing other: String) -> Bool {
        toolchain.contains(other) || arrows[module]?.contains(other) == true || homes[other]?.contains(module) == true
    }
}
