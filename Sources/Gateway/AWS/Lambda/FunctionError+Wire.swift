import Core
import Platform

extension WireError {
    /// A refusal of the registry in AWS's codes and words.
    init(_ error: FunctionError) {
        switch error {
        case .functionMissing(let arn): self = .missing("Function not found: \(arn)")
        case .functionExists(let name): self = .conflict("Function already exist: \(name)")
        case .aliasMissing(let arn): self = .missing("Cannot find alias arn: \(arn)")
        case .aliasExists(let arn): self = .conflict("Alias already exists: \(arn)")
        case .layerMissing, .policyMissing, .urlMissing: self = .missing("The resource you requested does not exist.")
        case .layerNotUsable(let arn): self = .invalidParameter("Layer version \(arn) does not exist.")
        case .statementMissing(let sid): self = .missing("Statement \(sid) is not found in resource policy.")
        case .statementExists(let sid):
            self = .conflict(
                "The statement id (\(sid)) provided already exists. Please provide a new statement id, or remove the "
                    + "existing statement.")
        case .policyOnLatest:
            self = .invalidParameter("We currently do not support adding policies for $LATEST.")
        case .policyTooLong(let limit):
            self = WireError(
                "PolicyLengthExceededException", "The final policy size is bigger than the limit (\(limit)).")
        case .principalMalformed:
            self = .invalidParameter(
                "The provided principal was invalid. Please check the principal and try again.")
        case .eventInvokeMissing(let arn):
            self = .missing("The function \(arn) doesn't have an EventInvokeConfig")
        case .urlExists(let arn):
            self = .conflict(
                "Failed to create function url config for [functionArn = \(arn)]. Error message:  FunctionUrlConfig exists "
                    + "for this Lambda function")
        case .revisionMismatch(let revised): self = .precondition(revised)
        case .codeDigestMismatch(let given, let actual):
            self = .invalidParameter(
                "CodeSHA256 (\(given)) is different from current CodeSHA256 in $LATEST (\(actual)). Please try again "
                    + "with the CodeSHA256 in $LATEST.")
        case .versionInUse(let number, let aliases):
            self = .conflict(
                "Version \(number) cannot be deleted because it is being referenced by alias(es): "
                    + aliases.joined(separator: ", "))
        case .unreservedTooLow(let minimum):
            self = .invalidParameter(
                "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
                    + "below its minimum value of [\(minimum)].")
        case .codeEmpty, .archive, .codeTooLarge, .unpackedTooLarge, .codeStorageExceeded: self.init(code: error)
        case .tooMany(let what, let limit): self = .invalidParameter("There may be at most \(limit) \(what).")
        case .tagMalformed(let key):
            self = .invalidParameter(
                "The tag key '\(key.prefix(128))' or its value is not valid: keys have 1 to 128 characters and do not "
                    + "begin with aws:, values have at most 256 characters.")
        case .channelMalformed(let tag, let value):
            self = .invalidParameter(
                "The tag \(tag) names a channel: '\(value.prefix(64))' is not the name of a standard topic.")
        case .markerMalformed: self = .invalidParameter("Invalid marker.")
        case .configuration(let error): self.init(error)
        case .busy(let name): self = .busy("\(name)")
        case .keyErased, .codeGone: self = .busy("the function")
        case .storageFailed:
            // The reason is for the operator; the caller can only try again.
            self = WireError("ServiceException", "The server failed to read or write its store.", status: 500)
        }
    }

    private init(code error: FunctionError) {
        switch error {
        case .codeEmpty: self = .invalidParameter("Uploaded file must be a non-empty zip")
        case .archive(.tooLarge(let limit)):
            self = .invalidParameter("Unzipped size must be smaller than \(limit) bytes")
        case .archive(let error):
            self = .invalidParameter(
                "Could not unzip uploaded file. Please check your file, then try to upload again. (\(error.sentence))")
        case .codeTooLarge(let limit):
            self = WireError(
                "RequestEntityTooLargeException", "Zipped code must be smaller than \(limit) bytes.", status: 413)
        case .unpackedTooLarge(let limit, let actual):
            self = .invalidParameter(
                "Function code combined with layers exceeds the maximum allowed size of \(limit) bytes. The actual size "
                    + "is \(actual) bytes.")
        default: self = WireError("CodeStorageExceededException", "Code storage limit exceeded.")
        }
    }

    private static func missing(_ message: String) -> WireError {
        WireError("ResourceNotFoundException", message, status: 404)
    }

    private static func conflict(_ message: String) -> WireError {
        WireError("ResourceConflictException", message, status: 409)
    }

    private static func busy(_ what: String) -> WireError {
        .conflict("The operation cannot be performed at this time. An update is in progress for resource: \(what)")
    }

    private static func precondition(_ revised: FunctionError.Revised) -> WireError {
        let operation =
            switch revised {
            case .function, .alias: "GetFunction/GetAlias"
            case .policy: "GetPolicy"
            }
        return WireError(
            "PreconditionFailedException",
            "The RevisionId provided does not match the latest RevisionId. Call the \(operation) API to retrieve the "
                + "latest RevisionId", status: 412)
    }
}

extension CodeArchiveError {
    /// What is wrong, for the one who made the archive.
    fileprivate var sentence: String {
        switch self {
        case .notAnArchive: "it is not a zip"
        case .truncated: "it is truncated"
        case .split: "it is a part of a split zip"
        case .zip64: "ZIP64 is not supported"
        case .tooManyEntries(let limit): "it has more than \(limit) entries"
        case .tooLarge(let limit): "it unpacks to more than \(limit) bytes"
        case .entry(let name, let fault): "entry '\(name.prefix(256))' \(fault.words)"
        }
    }
}

extension CodeArchiveError.Fault {
    /// What is wrong with the entry, after its name.
    fileprivate var words: String {
        switch self {
        case .encrypted: "is encrypted"
        case .unsupportedMethod(let method): "is packed by a method that is not served (\(method)): store or deflate it"
        case .contradictory: "is described in two ways that contradict each other"
        case .badName: "has a name that is no path"
        case .absolutePath: "has an absolute path"
        case .traversal: "leads out of the archive with '..'"
        case .duplicate: "is there twice"
        case .conflict: "lies below something that is no folder"
        case .overlapping: "shares its bytes with another"
        case .special: "is neither a file nor a folder nor a link"
        case .badLink: "is a link that is absolute or leads out of the archive"
        case .badSize: "has another size than the archive says"
        case .badChecksum: "has another checksum than the archive says"
        case .corrupt: "is damaged"
        case .system(let operation, let errno): "could not be unpacked: \(operation) failed (error \(errno))"
        }
    }
}
