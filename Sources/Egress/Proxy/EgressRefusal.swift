/// Why a call is not made, or not gone on with.
package enum EgressRefusal: Error, Equatable, Sendable {
    /// The sandbox has not been given a function yet.
    case notAssigned
    case crowded(limit: Int)
    case request(RequestFault)
    case slow
    case notAllowed(EgressPolicy.Shortfall)
    case unclearPath(PathError)
    case gate(String)
    case limit(EgressLimits.Limit)
    case resolution(ResolutionError)
    case address(IPAddress, AddressKind)
    case unreachable
    case connectTimeout
    /// The server's certificate or handshake is not acceptable.
    case tls
    case badAnswer(HTTPSyntaxError)
    /// The server closed before it had answered.
    case noAnswer
    case secret(SecretReference, SecretFault)
    /// The server sent a secret back, which the function must not see.
    case echo
    /// A body where the rule puts in its own.
    case bodyNotWanted
    case hello(ClientHelloError)
    case noServerName
    case otherServerName
    case cut(String)
    /// The rules that allowed it hold no more.
    case withdrawn

    /// What is wrong with a secret; nothing of it is said.
    package enum SecretFault: String, Equatable, Sendable {
        case notLeased = "not-leased"
        /// It holds characters that would end the place it is put into.
        case unsafe
    }
}
