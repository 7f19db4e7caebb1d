import Core

/// What a request has for a key, read once in the form that one kind of operator compares.
struct Fact: Sendable {
    /// Which key, and how its value is read.
    struct Slot: Hashable, Sendable {
        let key: ContextKey
        let form: Form
    }

    /// How a value is read.
    enum Form: Hashable, Sendable {
        case text, number, instant, address, binary, presence
    }

    /// The values, of which `nil` is one that is not of the kind that is compared.
    enum Values: Sendable {
        case texts([String?])
        case numbers([DecimalNumber?])
        case instants([Instant?])
        case addresses([AddressRange?])
        case binaries([[UInt8]?])
        /// For `Null`, which asks for no value.
        case none
    }

    /// Whether there is no value.
    let isAbsent: Bool
    /// Whether set operators see no value: AWS takes an empty text for none.
    let isEmptySet: Bool
    let values: Values

    /// Reads a value.
    init(_ value: ContextValue?, as form: Form) {
        isAbsent = value?.isAbsent ?? true
        let each: [ContextValue]
        if case .texts(let texts)? = value {
            isEmptySet = texts.allSatisfy(\.isEmpty)
            each = texts.map { .text($0) }
        } else {
            isEmptySet = if case .text("")? = value { true } else { false }
            each = value.map { [$0] } ?? []
        }
        values =
            switch form {
            case .text: .texts(each.map(\.single))
            case .number: .numbers(each.map(\.decimal))
            case .instant: .instants(each.map(\.date))
            case .address: .addresses(each.map(\.address))
            case .binary: .binaries(each.map(\.binary))
            case .presence: .none
            }
    }
}

extension ContextValue {
    fileprivate var decimal: DecimalNumber? {
        switch self {
        case .number(let number): DecimalNumber(String(number))
        case .text(let text): DecimalNumber(text)
        case .instant(let instant): DecimalNumber("\(instant.milliseconds)e-3")
        case .texts, .flag, .bytes: nil
        }
    }

    fileprivate var date: Instant? {
        switch self {
        case .instant(let instant): instant
        case .text(let text): PolicyDate.instant(text)
        case .number(let seconds) where seconds.magnitude < 1 << 52: Instant(milliseconds: seconds * 1000)
        case .texts, .flag, .bytes, .number: nil
        }
    }

    fileprivate var address: AddressRange? {
        if case .text(let text) = self { AddressRange(text) } else { nil }
    }

    fileprivate var binary: [UInt8]? {
        switch self {
        case .bytes(let bytes): bytes
        case .text(let text): Base64.decode(text)
        case .texts, .flag, .number, .instant: nil
        }
    }
}
