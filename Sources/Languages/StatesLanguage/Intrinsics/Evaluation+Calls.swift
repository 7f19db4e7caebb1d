import Core
import JSONPath

extension Evaluation {
    /// The value of a call; what is wrong with its arguments is `States.IntrinsicFailure`.
    mutating func value(of call: IntrinsicCall, in scope: Scope) throws(StateFailure) -> JSON {
        var arguments: [JSON] = []
        for argument in call.arguments {
            switch argument {
            // `States.Format` reads its template with the escapes, which only it knows.
            case .text(let text): arguments.append(.string(Self.unescaped(text)))
            case .value(let value): arguments.append(value)
            case .call(let inner): arguments.append(try value(of: inner, in: scope))
            case .path(let path):
                guard let value = try self.value(of: path, in: scope) else {
                    throw StateFailure(
                        ErrorName.runtime,
                        "The JSONPath '\(path.text)' specified for the function '\(call.text)' could not be found in the "
                            + "input '\(scope.document.text)'")
                }
                arguments.append(value)
            }
        }
        let result: JSON
        do throws(IntrinsicFlaw) {
            result = try apply(call, arguments)
        } catch {
            throw StateFailure(
                ErrorName.intrinsicFailure, "The function '\(call.text)' had the following error: \(error.words)")
        }
        try grow(by: result)
        return result
    }

    private mutating func apply(_ call: IntrinsicCall, _ arguments: [JSON]) throws(IntrinsicFlaw) -> JSON {
        let functions = IntrinsicArguments(arguments)
        switch call.function {
        case .format:
            if case .text(let template) = call.arguments[0] { return try functions.format(template) }
            return try functions.format(functions.string(0))
        case .stringToJSON: return try functions.stringToJSON()
        case .jsonToString: return .string(arguments[0].text)
        case .array: return .array(arguments)
        case .arrayPartition: return try functions.arrayPartition()
        case .arrayContains: return try functions.arrayContains()
        case .arrayRange: return try functions.arrayRange()
        case .arrayGetItem: return try functions.arrayGetItem()
        case .arrayLength: return .number(JSONNumber(Int64(try functions.array(0).count)))
        case .arrayUnique: return try functions.arrayUnique()
        case .base64Encode: return .string(Base64.encode(try functions.string(0, limit: 10_000).utf8))
        case .base64Decode: return try functions.base64Decode()
        case .hash: return try hash(functions)
        case .jsonMerge: return try functions.jsonMerge()
        case .mathRandom: return try random(functions)
        case .mathAdd: return try functions.mathAdd()
        case .stringSplit: return try functions.stringSplit()
        case .uuid:
            return .string(HexDigits.uuid(chance.next() & ~0xF000 | 0x4000, chance.next() & ~(3 << 62) | 1 << 63))
        }
    }

    private func hash(_ functions: IntrinsicArguments) throws(IntrinsicFlaw) -> JSON {
        let data = functions.arguments[0].string ?? functions.arguments[0].text
        guard data.utf8.count <= 10_000 else { throw IntrinsicFlaw("Data to hash has at most 10000 characters.") }
        let name = try functions.string(1)
        guard let algorithm = Surroundings.HashAlgorithm(rawValue: name) else {
            throw IntrinsicFlaw("There is no algorithm '\(name)'; use MD5, SHA-1, SHA-256, SHA-384 or SHA-512.")
        }
        let digest = surroundings.digest(algorithm, Array(data.utf8))
        return .string(digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }

    private mutating func random(_ functions: IntrinsicArguments) throws(IntrinsicFlaw) -> JSON {
        let start = try functions.integer(0)
        let end = try functions.integer(1)
        guard start < end else { throw IntrinsicFlaw("The start of the range must be less than its end.") }
        // Both are in the range of 32 bits.
        if functions.arguments.count == 3 {
            var seeded = Chance(seed: UInt64(bitPattern: try functions.integer(2)))
            return .number(JSONNumber(Int64.random(in: start..<end, using: &seeded)))
        }
        return .number(JSONNumber(Int64.random(in: start..<end, using: &chance)))
    }

    /// A text without the signs that kept its quotes, braces and backslashes apart.
    static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        var result = ""
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if !isEscaped, scalar == "\\" {
                isEscaped = true
                continue
            }
            if isEscaped, !["'", "\\", "{", "}"].contains(scalar) { result.unicodeScalars.append("\\") }
            isEscaped = false
            result.unicodeScalars.append(scalar)
        }
        return isEscaped ? result + "\\" : result
    }
}
