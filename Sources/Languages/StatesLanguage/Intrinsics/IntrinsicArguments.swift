import Core
import JSONPath

/// The arguments of a call, and what the functions make of them.
struct IntrinsicArguments {
    let arguments: [JSON]

    init(_ arguments: [JSON]) { self.arguments = arguments }

    /// How many elements `States.ArrayRange` makes, and texts may have characters in.
    private static let maximumRange = 1_000

    /// An argument that must be a text.
    func string(_ place: Int, limit: Int? = nil) throws(IntrinsicFlaw) -> String {
        guard let text = arguments[place].string else { throw wrong(place, "a string") }
        if let limit, text.unicodeScalars.count > limit {
            throw wrong(place, "a string of at most \(limit) characters")
        }
        return text
    }

    /// An argument that must be an array.
    func array(_ place: Int) throws(IntrinsicFlaw) -> [JSON] {
        guard let elements = arguments[place].array else { throw wrong(place, "an array") }
        return elements
    }

    /// An argument that must be a number in the range of 32 bits; what is no whole number is rounded.
    func integer(_ place: Int) throws(IntrinsicFlaw) -> Int64 {
        guard let number = arguments[place].double, let value = Int32(exactly: (number + 0.5).rounded(.down)) else {
            throw wrong(place, "a number from -2147483648 to 2147483647")
        }
        return Int64(value)
    }

    private func wrong(_ place: Int, _ expected: String) -> IntrinsicFlaw {
        IntrinsicFlaw("Argument \(place + 1) must be \(expected), but it is \(Self.short(arguments[place])).")
    }

    private static func short(_ value: JSON) -> String {
        let text = value.text
        return text.utf8.count <= 200 ? text : String(text.prefix(200)) + "…"
    }

    /// A template with `{}` replaced by the arguments behind it.
    func format(_ template: String) throws(IntrinsicFlaw) -> JSON {
        var result = ""
        var rest = arguments.dropFirst()
        var scalars = template.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\\":
                guard let next = scalars.popFirst() else { throw IntrinsicFlaw("The template ends in a '\\'.") }
                if !["'", "\\", "{", "}"].contains(next) { result.unicodeScalars.append("\\") }
                result.unicodeScalars.append(next)
            case "{":
                guard scalars.popFirst() == "}" else {
                    throw IntrinsicFlaw("A '{' in the template is not followed by '}'.")
                }
                guard let value = rest.popFirst() else {
                    throw IntrinsicFlaw("The template has more '{}' than there are arguments.")
                }
                result += value.string ?? value.text
                guard result.utf8.count <= LanguageLimits.payload else {
                    throw IntrinsicFlaw("The text becomes too long.")
                }
            case "}": throw IntrinsicFlaw("A '}' in the template does not follow '{'.")
            default: result.unicodeScalars.append(scalar)
            }
        }
        guard rest.isEmpty else { throw IntrinsicFlaw("The template has fewer '{}' than there are arguments.") }
        return .string(result)
    }

    /// The value that a text holds.
    func stringToJSON() throws(IntrinsicFlaw) -> JSON {
        // What is wrong with the text, its author sees best.
        guard let value = try? JSON(parsing: try string(0)) else { throw wrong(0, "a string that holds JSON") }
        return value
    }

    /// The elements in arrays of a size; the last may be smaller.
    func arrayPartition() throws(IntrinsicFlaw) -> JSON {
        let elements = try array(0)
        let size = try integer(1)
        guard size > 0 else { throw wrong(1, "a number above 0") }
        return .array(
            stride(from: 0, to: elements.count, by: Int(size)).map { start in
                .array(Array(elements[start..<min(start + Int(size), elements.count)]))
            })
    }

    /// Whether an array holds a value.
    func arrayContains() throws(IntrinsicFlaw) -> JSON { .bool(try array(0).contains { same($0, arguments[1]) }) }

    private func same(_ left: JSON, _ right: JSON) -> Bool {
        if case .number(let left) = left, case .number(let right) = right { return left.isEqual(to: right) }
        return left == right
    }

    /// Numbers from a first to a last one, both included, by a step.
    func arrayRange() throws(IntrinsicFlaw) -> JSON {
        let (first, last, step) = (try integer(0), try integer(1), try integer(2))
        guard step != 0 else { throw wrong(2, "a number other than 0") }
        guard (last - first) / step < Self.maximumRange else {
            throw IntrinsicFlaw("The array would have more than \(Self.maximumRange) elements.")
        }
        return .array(stride(from: first, through: last, by: Int(step)).map { .number(JSONNumber($0)) })
    }

    /// The element at a place, counted from 0.
    func arrayGetItem() throws(IntrinsicFlaw) -> JSON {
        let elements = try array(0)
        let index = try integer(1)
        guard elements.indices.contains(Int(index)) else {
            throw IntrinsicFlaw("There is no element \(index) in an array of \(elements.count).")
        }
        return elements[Int(index)]
    }

    /// The elements without those that were there before.
    func arrayUnique() throws(IntrinsicFlaw) -> JSON {
        // Texts have good hashes, objects do not.
        var seen: Set<String> = []
        return .array(try array(0).filter { seen.insert($0.text).inserted })
    }

    /// The text that Base64 stands for.
    func base64Decode() throws(IntrinsicFlaw) -> JSON {
        guard let bytes = Base64.decode(try string(0, limit: 10_000)) else { throw wrong(0, "Base64") }
        return .string(String(decoding: bytes, as: UTF8.self))
    }

    /// An object with the members of another put over its own.
    func jsonMerge() throws(IntrinsicFlaw) -> JSON {
        guard var merged = arguments[0].object else { throw wrong(0, "an object") }
        guard let other = arguments[1].object else { throw wrong(1, "an object") }
        guard arguments[2] == .bool(false) else { throw wrong(2, "false: objects are merged at the top only") }
        for member in other.members { merged[member.key] = member.value }
        return .object(merged)
    }

    /// The sum of two whole numbers.
    func mathAdd() throws(IntrinsicFlaw) -> JSON {
        let sum = try integer(0) + integer(1)
        guard Int32(exactly: sum) != nil else { throw IntrinsicFlaw("The sum is not from -2147483648 to 2147483647.") }
        return .number(JSONNumber(sum))
    }

    /// The parts of a text between any of the separators, empty ones left out.
    func stringSplit() throws(IntrinsicFlaw) -> JSON {
        let text = try string(0)
        let separators = Set(try string(1).unicodeScalars)
        return .array(text.unicodeScalars.split { separators.contains($0) }.map { .string(String($0)) })
    }
}
