import Core
import Platform
import Storage
import Synchronization
import TestSupport
import Vault

/// A registry on a store in memory, and what it told about changes.
struct FunctionFixture {
    let store = MemoryStore()
    let blobs = MemoryBlobStore()
    let keys: Keys
    let functions: Functions
    let changes = Changes()
    let account = AccountID.standard

    final class Changes: Sendable {
        private let names = Mutex<[String]>([])
        func add(_ name: FunctionName) { names.withLock { $0.append(name.text) } }
        var all: [String] { names.withLock { $0 } }
    }

    init(limits: AccountLimits = AccountLimits()) {
        keys = Keys(store: store, root: RootKey())
        let changes = changes
        functions = Functions(
            store: store, blobs: blobs, keys: keys, region: .standard, limits: limits,
            onChange: { _, name in changes.add(name) })
    }

    static func zip(_ text: String = "def handler(event, context): return event\n") -> [UInt8] {
        ZipBuilder.files([(name: "app.py", content: text)])
    }

    static func configuration(_ name: FunctionName) throws -> FunctionConfiguration {
        FunctionConfiguration(
            name: name, runtime: try Runtime("python3.11"), handler: "app.handler",
            role: try RoleARN("arn:aws:iam::000000000000:role/r"))
    }

    @discardableResult
    func create(_ text: String, publish: Bool = false, code: [UInt8] = zip()) async throws -> FunctionVersion {
        let name = try FunctionName(text)
        return try await functions.create(
            NewFunction(
                name: name, configuration: try Self.configuration(name), archive: code, publish: publish),
            in: account)
    }

    func resolve(_ text: String) async throws -> ResolvedFunction {
        try await functions.resolve(try FunctionReference(text), in: account)
    }
}
