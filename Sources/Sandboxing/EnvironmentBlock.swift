/// The environment of a program as the kernel takes it: `NAME=VALUE` strings, each ended by a NUL.
package struct EnvironmentBlock: Sendable {
    private(set) var bytes: [UInt8] = []

    /// Packs variables in their order; one that cannot be a variable is left out.
    package init(_ variables: some Sequence<(String, String)>) {
        for (name, value) in variables { append(name, value) }
    }

    /// Adds a variable, unless it cannot be one.
    package mutating func append(_ name: String, _ value: String) {
        guard !name.isEmpty, !name.utf8.contains(0), !value.utf8.contains(0) else { return }
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: "="))
        bytes.append(contentsOf: value.utf8)
        bytes.append(0)
    }
}
