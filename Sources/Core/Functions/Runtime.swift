/// The language environment that a function asks for, by AWS's identifier.
///
/// Source: AWS Lambda developer guide, "Lambda runtimes".
package struct Runtime: Hashable, Sendable, CustomStringConvertible {
    /// What starts the function's code.
    package enum Family: Hashable, Sendable {
        case python
        case node
        case provided
    }

    package let identifier: String
    package let family: Family

    /// The interpreter's version, such as `3.12` or `20`; empty for `provided` runtimes.
    package let interpreter: String

    /// Takes one of AWS's identifiers; an old or foreign one is refused with its own reason.
    package init(_ identifier: String) throws(ConfigurationError) {
        if Self.provided.contains(identifier) {
            family = .provided
            interpreter = ""
        } else if Self.python.contains(identifier) {
            family = .python
            interpreter = String(identifier.dropFirst("python".count))
        } else if Self.node.contains(identifier) {
            family = .node
            interpreter = String(identifier.dropFirst("nodejs".count).dropLast(".x".count))
        } else if Self.deprecated.contains(identifier) {
            throw .runtimeDeprecated(identifier)
        } else if Self.foreign.contains(where: identifier.hasPrefix) {
            throw .runtimeNotServed(identifier)
        } else {
            throw .runtimeUnknown(identifier)
        }
        self.identifier = identifier
    }

    package var description: String { identifier }

    /// Every identifier that is served, in the order of error messages.
    package static var served: [String] { python + node + provided }

    private static let python = (9...14).map { "python3.\($0)" }
    private static let node = stride(from: 16, through: 24, by: 2).map { "nodejs\($0).x" }
    private static let provided = ["provided", "provided.al2", "provided.al2023"]
    private static let deprecated: Set<String> = [
        "nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x",
        "python2.7", "python3.6", "python3.7", "python3.8", "ruby2.5", "ruby2.7", "java8", "go1.x",
        "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet6",
    ]
    private static let foreign = ["java", "ruby", "dotnet"]
}

extension Runtime: RawRepresentable, Codable {
    package var rawValue: String { identifier }

    package init?(rawValue: String) {
        do { try self.init(rawValue) } catch { return nil }
    }
}
