import Core
import JSONPath

/// A call of an intrinsic function, as it is written.
package struct IntrinsicCall: Hashable, Sendable {
    /// What an argument is.
    package indirect enum Argument: Hashable, Sendable {
        /// A text with its escapes, which mean something to `States.Format`.
        case text(String)
        case value(JSON)
        case path(JSONPath)
        case call(IntrinsicCall)
    }

    package let function: IntrinsicFunction
    package let arguments: [Argument]
    /// The whole call as it is written, for messages.
    package let text: String

    /// The paths that the call and those inside of it hold.
    var paths: [JSONPath] {
        arguments.flatMap { argument -> [JSONPath] in
            switch argument {
            case .text, .value: []
            case .path(let path): [path]
            case .call(let call): call.paths
            }
        }
    }
}
