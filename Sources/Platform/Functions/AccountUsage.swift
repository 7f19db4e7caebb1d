import Core
import Storage

/// How much an account uses of what is limited.
package struct AccountUsage: Hashable, Sendable {
    package var functions = 0
    package var codeBytes = 0

    /// Says how much.
    package init(functions: Int = 0, codeBytes: Int = 0) {
        self.functions = functions
        self.codeBytes = codeBytes
    }
}

extension FunctionRecords {
    /// Counts what the account's records say in the clear; opens none.
    func usage(of account: AccountID) async throws(FunctionError) -> AccountUsage {
        var usage = AccountUsage()
        for kind in ["function", "function.version", "layer.version"] {
            var cursor: Cursor?
            repeat {
                let page: Page
                do {
                    page = try await store.scan(
                        Partition(account: account), .kind(kind), after: cursor, limit: 1000)
                } catch {
                    throw .storageFailed(StoreFault(error))
                }
                if kind == "function" { usage.functions += page.records.count }
                for value in page.records.flatMap(\.index) where value.name == "bytes" {
                    usage.codeBytes += Int(value.value) ?? 0
                }
                cursor = page.next
            } while cursor != nil
        }
        return usage
    }
}
