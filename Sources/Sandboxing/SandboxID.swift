/// Names one sandbox for as long as its starter lives; never used twice.
package struct SandboxID: Hashable, Sendable, CustomStringConvertible {
    package let number: UInt64

    package init(number: UInt64) {
        self.number = number
    }

    package var description: String { String(number) }
}
