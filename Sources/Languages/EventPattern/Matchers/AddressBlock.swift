/// All addresses that share their first bits, from `10.0.0.0/8`.
struct AddressBlock: Hashable, Sendable {
    let isIPv4: Bool
    let low: UInt128
    let high: UInt128

    /// Reads a block as the reference engine does: with a mask that leaves at least one bit free.
    init(parsing text: [UInt8]) throws(PatternFlaw) {
        // What is empty behind the last slash does not count.
        var parts = text.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        while parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        guard parts.count == 2 else { throw .cidrWithoutSlash }
        guard let mask = Int32(String(decoding: parts[1], as: UTF8.self)) else { throw .cidrMaskNotInteger }
        guard mask >= 0 else { throw .cidrMaskNegative }
        let address = Array(parts[0])
        guard IPAddress.resembles(address) else {
            throw .cidrAddressNonstandard(String(decoding: address, as: UTF8.self))
        }
        guard let base = IPAddress(address.span) else {
            throw .cidrAddressInvalid(String(decoding: address, as: UTF8.self))
        }
        guard mask < base.width else { throw .cidrMaskTooLong(isIPv4: base.isIPv4) }
        let free = UInt128.max >> UInt128(128 - (base.width - Int(mask)))
        isIPv4 = base.isIPv4
        low = base.bits & ~free
        high = base.bits | free
    }

    /// Whether an address lies in this block; one of the other kind never does.
    func contains(_ address: IPAddress) -> Bool {
        address.isIPv4 == isIPv4 && low...high ~= address.bits
    }
}
