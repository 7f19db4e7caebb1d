import Core
import Platform

extension WireValue {
    /// The function that `FunctionName` and, where the operation has one, the query's `Qualifier` name.
    func functionReference(in call: Call) throws -> FunctionReference {
        let text = self["FunctionName"]?.string ?? ""
        let named: FunctionReference
        do { named = try FunctionReference(text) } catch {
            throw WireError.invalidParameter(
                "1 validation error detected: Value '\(text.prefix(256))' at 'functionName' failed to satisfy "
                    + "constraint: Member must be the name or ARN of a function, with at most 64 characters in its name"
            )
        }
        if text.hasPrefix("arn:"), let arn = try? ARN(text), arn.region != call.region.text {
            throw WireError.unreachable(region: arn.region, from: call.region)
        }
        guard let qualifier = try qualifier() else { return named }
        guard named.qualifier == nil || named.qualifier == qualifier else {
            throw WireError.invalidParameter(
                "The derived qualifier from the function name does not match the specified qualifier.")
        }
        return FunctionReference(account: named.account, name: named.name, qualifier: qualifier)
    }

    /// The version or alias that the query's `Qualifier` names.
    func qualifier() throws -> Qualifier? {
        guard let text = self["Qualifier"]?.string, !text.isEmpty else { return nil }
        do { return try Qualifier(text) } catch {
            throw WireError.invalidParameter("The qualifier \(text.prefix(256)) is not a version or an alias.")
        }
    }

    /// The entries of a map of texts.
    func texts(_ name: String) -> [String: String]? {
        guard let fields = self[name]?.fields else { return nil }
        var texts: [String: String] = [:]
        for (key, value) in fields.members { texts[key] = value.string }
        return texts
    }

    /// The zip of a function's or a layer's code; the object store it could lie in does not exist yet.
    func archive() throws -> [UInt8] {
        if self["S3Bucket"] != nil || self["S3Key"] != nil {
            throw WireError.invalidParameter(
                "Code in S3 is not supported by this server yet: send the zip itself (ZipFile).")
        }
        if self["ImageUri"] != nil {
            throw WireError.invalidParameter("Container images are not supported by this server: use a zip.")
        }
        guard let zip = self["ZipFile"]?.blob else {
            throw WireError.invalidParameter("Please provide a source for function code.")
        }
        return zip
    }

    /// Refuses members that change what a function does and that this server does not serve.
    func refuse(_ members: String...) throws {
        for member in members where self[member] != nil {
            throw WireError.invalidParameter("\(member) is not supported by this server.")
        }
    }
}

extension LambdaOperations.Request {
    /// The function, whatever its qualifier.
    func reference() throws -> FunctionReference { try input.functionReference(in: call) }

    /// The function, for operations that act on it as a whole and not on a version or alias.
    func wholeFunction() throws -> FunctionName {
        let reference = try reference()
        guard reference.qualifier == nil || reference.qualifier == .latest else {
            throw WireError.invalidParameter(
                "This operation is permitted on Lambda functions only. Aliases and versions do not support this "
                    + "operation. Please specify either a function name or an unqualified function ARN.")
        }
        return reference.name
    }

    /// How many elements of a list the caller wants, at most as many as AWS gives at a time.
    var pageSize: Int { min(max(1, input["MaxItems"]?.int ?? 50), 50) }

    /// The alias that `Name` names.
    func alias() throws -> AliasName {
        let text = input["Name"]?.string ?? ""
        do { return try AliasName(text) } catch {
            throw WireError.invalidParameter("The alias name \(text.prefix(256)) is not valid.")
        }
    }
}

extension WireError {
    /// A value that cannot be accepted, as Lambda says it.
    static func invalidParameter(_ message: String) -> WireError {
        WireError("InvalidParameterValueException", message, status: 400)
    }

    /// Something of another region.
    static func unreachable(region: String, from here: Region) -> WireError {
        WireError(
            "ResourceNotFoundException",
            "Functions from '\(region.prefix(64))' are not reachable in this region ('\(here)')", status: 404)
    }
}
