/// Reads the file of a time zone: TZif of version 2 or later, RFC 8536.
///
/// Bounded by the file's size; leap seconds (the zones below `right/`) are refused, since no clock here counts them.
struct ZoneFileParser {
    /// The most bytes of a file; the largest there is has 4,000.
    static let limit = 65_536

    private let bytes: [UInt8]
    private var place = 0

    static func parse(_ bytes: [UInt8]) throws(ZoneFlaw) -> ZoneRules {
        guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        var parser = ZoneFileParser(bytes: bytes)
        return try parser.rules()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// The counts of a header: RFC 8536, section 3.1.
    private struct Header {
        var universal = 0, standard = 0, leaps = 0, times = 0, types = 0, names = 0

        func size(ofTime width: Int) -> Int {
            times * (width + 1) + types * 6 + names + leaps * (width + 4) + standard + universal
        }
    }

    private mutating func rules() throws(ZoneFlaw) -> ZoneRules {
        // A first block, with times of 32 bits, is for readers of version 1.
        let old = try header()
        try skip(old.size(ofTime: 4))
        let header = try header()
        guard header.leaps == 0, header.types > 0, header.size(ofTime: 8) <= bytes.count - place else { throw broken }
        let times = try list(header.times) { reader throws(ZoneFlaw) in try reader.number(8) }
        let kinds = try list(header.times) { reader throws(ZoneFlaw) in try reader.number(1) & 0xFF }
        let offsets = try list(header.types) { reader throws(ZoneFlaw) in try reader.offset() }
        try skip(header.names + header.standard + header.universal)
        var changes: [ZoneRules.Change] = []
        for (time, kind) in zip(times, kinds) {
            let isLater = changes.last.map { time > $0.time } ?? true
            guard kind < offsets.count, isLater, time.magnitude <= 1 << 59 else { throw broken }
            changes.append(ZoneRules.Change(time: time, offset: offsets[Int(kind)]))
        }
        return ZoneRules(initial: offsets[0], changes: changes, footer: try footer())
    }

    private mutating func header() throws(ZoneFlaw) -> Header {
        guard bytes.count - place >= 44, bytes[place..<(place + 4)].elementsEqual("TZif".utf8),
            bytes[place + 4] >= UInt8(ascii: "2")
        else { throw broken }
        place += 20
        var counts: [Int] = []
        for _ in 0..<6 { counts.append(Int(try number(4) & 0xFFFF_FFFF)) }
        return Header(
            universal: counts[0], standard: counts[1], leaps: counts[2], times: counts[3], types: counts[4],
            names: counts[5])
    }

    /// A type of local time: its offset, whether it is daylight saving time, and its name.
    private mutating func offset() throws(ZoneFlaw) -> Int64 {
        let offset = try number(4)
        guard offset.magnitude <= ZoneRules.farthest else { throw broken }
        try skip(2)
        return offset
    }

    /// A line of text behind the data; empty where nobody knows the future.
    private mutating func footer() throws(ZoneFlaw) -> ZoneFooter? {
        guard place < bytes.count, bytes[place] == 0x0A, let end = bytes[(place + 1)...].firstIndex(of: 0x0A) else {
            throw broken
        }
        let text = bytes[(place + 1)..<end]
        if text.isEmpty { return nil }
        var parser = ZoneFooterParser(text)
        guard let footer = parser.footer() else { throw broken }
        return footer
    }

    private mutating func list(
        _ count: Int, _ item: (inout ZoneFileParser) throws(ZoneFlaw) -> Int64
    ) throws(ZoneFlaw) -> [Int64] {
        var items: [Int64] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try item(&self)) }
        return items
    }

    /// A signed number, the highest byte first.
    private mutating func number(_ width: Int) throws(ZoneFlaw) -> Int64 {
        guard bytes.count - place >= width else { throw broken }
        var value = Int64(Int8(bitPattern: bytes[place]))
        for byte in bytes[(place + 1)..<(place + width)] { value = value << 8 | Int64(byte) }
        place += width
        return value
    }

    private mutating func skip(_ count: Int) throws(ZoneFlaw) {
        guard bytes.count - place >= count else { throw broken }
        place += count
    }

    private var broken: ZoneFlaw { .malformed(byte: place) }
}
