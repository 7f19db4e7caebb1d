/// What is wrong with a pattern.
///
/// The words are those of the service, because people and programs read them.
package enum PatternFlaw: Error, Hashable, Sendable {
    case tooLong(limit: Int)
    case tooDeep(limit: Int)
    case tooManyCombinations(limit: Int)
    case tooComplex
    case notJSON(String)
    case notAnObject
    case emptyObject
    case emptyArray
    case neitherObjectNorArray(field: String)
    case badValue
    case orWithoutArray
    case orOfOtherThanObjects
    case orOfFewerThanTwo
    case reservedField(String)
    case nameless(String)
    case unknownMatchType(String)
    case unsupported(String, in: String)
    case notString(String)
    case moreThanOneKey
    case emptyAffix
    case badExists
    case numericNotArray
    case badNumericMember(String)
    case unknownNumericOperator(String)
    case badRangeValue(String)
    case unknownRangeOperator(String)
    case notNumeric(String)
    case tooManyElements
    case tooManyTerms
    case emptyRange
    case notComparable(String)
    case badAnythingBut
    case badAnythingButElement
    case mixedAnythingBut
    case badCaselessElement
    case consecutiveWildcards(place: Int)
    case badWildcardEscape(place: Int)
    case cidrWithoutSlash
    case cidrMaskNotInteger
    case cidrMaskNegative
    case cidrMaskTooLong(isIPv4: Bool)
    case cidrAddressNonstandard(String)
    case cidrAddressInvalid(String)
}

extension PatternFlaw: CustomStringConvertible {
    /// One sentence, without the place.
    package var description: String {
        switch self {
        case .tooLong(let limit): "Pattern is longer than \(limit) bytes"
        case .tooDeep(let limit): "Pattern is nested more than \(limit) levels deep"
        case .tooManyCombinations(let limit): "Rule has more than \(limit) combinations of $or alternatives"
        case .tooComplex:
            "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences "
                + "after a wildcard character"
        case .notJSON(let what): what
        case .notAnObject: "Filter is not an object"
        case .emptyObject: "Empty objects are not allowed"
        case .emptyArray: "Empty arrays are not allowed"
        case .neitherObjectNorArray(let field): "\"\(field)\" must be an object or an array"
        case .badValue: "Match value must be String, number, true, false, or null"
        case .orWithoutArray: "It must be an Array followed with $or."
        case .orOfOtherThanObjects: "Only JSON object is allowed in array of $or relationship."
        case .orOfFewerThanTwo: "There must have at least 2 Objects in $or relationship."
        case .reservedField(let name): "\(name) is Ruler reserved fieldName which cannot be used inside $or."
        case .nameless(let what): "\(what) expression name not found"
        case .unknownMatchType(let name): "Unrecognized match type \(name)"
        case .unsupported(let name, let what): "Unsupported \(what) pattern: \(name)"
        case .notString(let what): "\(what) match pattern must be a string"
        case .moreThanOneKey: "Only one key allowed in match expression"
        case .emptyAffix: "Null prefix/suffix not allowed"
        case .badExists: "exists match pattern must be either true or false."
        case .numericNotArray: "Value of numeric must be an array."
        case .badNumericMember(let text): "Invalid member in numeric match: \(text)"
        case .unknownNumericOperator(let name): "Unrecognized numeric range operator: \(name)"
        case .badRangeValue(let text): "Bad value in numeric range: \(text)"
        case .unknownRangeOperator(let name): "Bad numeric range operator: \(name)"
        case .notNumeric(let what): "Value of \(what) must be numeric"
        case .tooManyElements: "Too many elements in numeric expression"
        case .tooManyTerms: "Too many terms in numeric range expression"
        case .emptyRange: "Bottom must be less than top"
        case .notComparable(let text): "Cannot compare number : \(text)"
        case .badAnythingBut: "Value of anything-but must be an array or single string/number value."
        case .badAnythingButElement: "Inside anything but list, start|null|boolean is not supported."
        case .mixedAnythingBut:
            "Inside anything but list, either all values are number or string, mixed type is not supported"
        case .badCaselessElement:
            "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
        case .consecutiveWildcards(let place): "Consecutive wildcard characters at pos \(place)"
        case .badWildcardEscape(let place): "Invalid escape character at pos \(place)"
        case .cidrWithoutSlash: "Malformed CIDR, one '/' required"
        case .cidrMaskNotInteger: "Malformed CIDR, mask bits must be an integer"
        case .cidrMaskNegative: "Malformed CIDR, mask bits must not be negative"
        case .cidrMaskTooLong(let isIPv4): isIPv4 ? "IPv4 mask bits must be < 32" : "IPv6 mask bits must be < 128"
        case .cidrAddressNonstandard(let text): "Nonstandard IP address: \(text)"
        case .cidrAddressInvalid(let text): "Invalid IP address: \(text)"
        }
    }

    /// Whether the service says where the flaw is; it does not for what it finds after it has read the pattern, nor
    /// for addresses.
    var hasPlace: Bool {
        switch self {
        case .tooLong, .tooManyCombinations, .tooComplex, .cidrWithoutSlash, .cidrMaskNotInteger, .cidrMaskNegative,
            .cidrMaskTooLong, .cidrAddressNonstandard, .cidrAddressInvalid:
            false
        default: true
        }
    }
}
