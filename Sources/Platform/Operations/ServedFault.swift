/// Why a call of an operation came to nothing, in the operation's own words.
package struct ServedFault: Error, Hashable, Sendable {
    /// What a caller makes of it.
    package enum Kind: Hashable, Sendable {
        /// There is no such operation here.
        case notServed
        /// The parameters are not those of the operation.
        case malformed
        /// Who calls may not.
        case denied
        /// The operation refused.
        case refused
    }

    package let kind: Kind
    /// The service as SDKs begin the names of its errors: `Sqs`.
    package let service: String
    /// The error as it goes over the wire: `QueueDoesNotExist`.
    package let code: String
    /// The error as SDKs know it: `QueueDoesNotExistException`; `nil` for one that the operation's model does not name.
    package let exception: String?
    package let message: String
    /// The status that a request over HTTP would have been answered with.
    package let status: Int

    /// Takes what is known of the fault.
    package init(
        _ kind: Kind, service: String, code: String, exception: String? = nil, message: String, status: Int = 400
    ) {
        self.kind = kind
        self.service = service
        self.code = code
        self.exception = exception
        self.message = message
        self.status = status
    }

    /// Whether the same call may succeed later.
    package var isPassing: Bool { status >= 500 || status == 429 || code.contains("Throttl") }
}
