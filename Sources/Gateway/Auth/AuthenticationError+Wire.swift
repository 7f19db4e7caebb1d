import Core

extension AuthenticationError {
    /// Which of AWS's vocabularies a service uses for a refused signature.
    package enum Dialect: Sendable {
        /// JSON 1.0 and 1.1: codes end in `Exception`, the status is 400.
        case json
        /// REST-JSON (Lambda and others): the same codes, the status is 403.
        case restJSON
        /// Query (IAM, STS, SNS, CloudFormation).
        case query
        /// S3.
        case s3
    }

    /// What a client is told.
    package struct Wire: Equatable, Sendable {
        package let code: String
        package let message: String
        package let status: Int
    }

    /// The answer in one protocol's vocabulary.
    ///
    /// Source: the common errors of the IAM, Lambda and S3 API references; SDKs repair their clock on these codes.
    package func wire(_ dialect: Dialect) -> Wire {
        let (json, query, s3) = codes
        switch dialect {
        case .json: return Wire(code: json, message: message(dialect), status: 400)
        case .restJSON: return Wire(code: json, message: message(dialect), status: isMalformed ? 400 : 403)
        case .query: return Wire(code: query, message: message(dialect), status: isMalformed ? 400 : 403)
        case .s3: return Wire(code: s3, message: message(dialect), status: isBadRequestForS3 ? 400 : 403)
        }
    }

    private var codes: (json: String, query: String, s3: String) {
        switch self {
        case .missing: ("MissingAuthenticationTokenException", "MissingAuthenticationToken", "AccessDenied")
        case .incomplete: ("IncompleteSignatureException", "IncompleteSignature", "AuthorizationHeaderMalformed")
        case .wrongScope: ("InvalidSignatureException", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed")
        case .unknownKey: ("UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId")
        case .expiredToken: ("ExpiredTokenException", "ExpiredToken", "ExpiredToken")
        case .tooOld, .tooNew: ("InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed")
        case .presignedExpired: ("InvalidSignatureException", "SignatureDoesNotMatch", "AccessDenied")
        case .bodyMismatch: ("InvalidSignatureException", "SignatureDoesNotMatch", "XAmzContentSHA256Mismatch")
        case .mismatch: ("InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch")
        }
    }

    private func message(_ dialect: Dialect) -> String {
        switch self {
        case .missing: dialect == .s3 ? "Access Denied" : "Missing Authentication Token"
        case .incomplete(let reason), .wrongScope(let reason): reason
        case .unknownKey:
            dialect == .s3
                ? "The AWS Access Key Id you provided does not exist in our records."
                : "The security token included in the request is invalid."
        case .expiredToken:
            dialect == .s3
                ? "The provided token has expired." : "The security token included in the request is expired"
        case .tooOld(let signed, let earliest, let now):
            dialect == .s3
                ? "The difference between the request time and the current time is too large."
                : "Signature expired: \(signed.basicText) is now earlier than \(earliest.basicText)"
                    + " (\(now.basicText) - 15 min.)"
        case .tooNew(let signed, let latest, let now):
            dialect == .s3
                ? "The difference between the request time and the current time is too large."
                : "Signature not yet current: \(signed.basicText) is still later than \(latest.basicText)"
                    + " (\(now.basicText) + 15 min.)"
        case .presignedExpired(let end, let now):
            dialect == .s3
                ? "Request has expired" : "Signature expired: \(end.basicText) is now earlier than \(now.basicText)"
        case .bodyMismatch:
            dialect == .s3
                ? "The provided 'x-amz-content-sha256' header does not match what was computed." : Self.mismatchText
        case .mismatch: Self.mismatchText
        }
    }

    private static let mismatchText =
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access"
        + " Key and signing method. Consult the service documentation for details."

    private var isMalformed: Bool {
        if case .incomplete = self { true } else { false }
    }

    private var isBadRequestForS3: Bool {
        switch self {
        case .incomplete, .wrongScope, .expiredToken, .bodyMismatch: true
        default: false
        }
    }
}
