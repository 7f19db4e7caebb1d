import Core
import Foundation
import Testing

@testable import ScheduleExpression

struct ZoneTests {
    @Test(arguments: ["", "/", "a//b", "../etc/passwd", "Europe/../UTC", "Europe/Paris\n", "Zürich", "a b", "Europe/"])
    func `what could lead out of the folder is no name`(_ text: String) {
        #expect(throws: ZoneFlaw.self) { try ZoneName(text) }
        #expect(throws: ZoneFlaw.self) { try ZoneName(String(repeating: "a", count: 51)) }
    }

    @Test func `a machine without zone files says what to install, and still has UTC`() throws {
        let folder = ZoneFolder(path: "/nowhere")
        #expect(try folder.rules(of: .utc) == .utc)
        let flaw = #expect(throws: ZoneFlaw.self) { try folder.rules(of: ZoneName("Europe/Paris")) }
        #expect(flaw?.description.contains("apt-get install tzdata") == true)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/Europe/Paris")))
    func `zones are read from the machine's files`() throws {
        let folder = ZoneFolder.standard
        let paris = try folder.rules(of: ZoneName("Europe/Paris"))
        #expect(paris.offset(at: 1_767_225_600) == 3600)
        #expect(paris.offset(at: 1_782_864_000) == 7200)
        #expect(paris.offset(at: 7_226_582_400) == 3600)
        for name in ["Europe/Nowhere", "localtime", "posixrules", "Europe"] {
            #expect(throws: ZoneFlaw.self) { try folder.rules(of: ZoneName(name)) }
        }
    }

    /// A file of version 2 with two changes and a footer.
    private func file(footer: String = "EST5EDT,M3.2.0,M11.1.0", times: [Int64] = [100, 200]) -> [UInt8] {
        func header(_ counts: [UInt32]) -> [UInt8] {
            Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15) + counts.flatMap { big(UInt64($0), 4) }
        }
        func big(_ value: UInt64, _ width: Int) -> [UInt8] {
            (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64((width - 1 - $0) * 8)) }
        }
        let old = header([0, 0, 0, 0, 1, 1]) + [0, 0, 0, 0, 0, 0, 0]
        let counts = header([0, 0, 0, UInt32(times.count), 2, 4])
        let data = times.flatMap { big(UInt64(bitPattern: $0), 8) } + times.indices.map { UInt8($0 % 2) }
        let types = big(3600, 4) + [0, 0] + big(UInt64(bitPattern: -7200), 4) + [1, 0] + Array("AAA\0".utf8)
        return old + counts + data + types + Array("\n\(footer)\n".utf8)
    }

    @Test func `a file's changes and its footer both count`() throws {
        let rules = try ZoneFileParser.parse(file())
        #expect(rules.offset(at: 150) == 3600 && rules.offset(at: 250) == -7200)
        #expect(rules.offset(at: 1_782_864_000) == -14400 && rules.offset(at: 1_767_225_600) == -18000)
        #expect(try ZoneFileParser.parse(file(footer: "<+0330>-3:30")).offset(at: 1_782_864_000) == 12_600)
        #expect(try ZoneFileParser.parse(file(footer: "")).offset(at: 1_782_864_000) == -7200)
    }

    @Test(arguments: [
        "A5", "EST", "EST5EDT", "EST25", "EST5EDT,M13.1.0,M11.1.0", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,M11.1.0/168",
        "EST5EDT,J0,J1", "EST5EDT,366,1", "EST5EDT,M3.2.0,M11.1.0x", "<EST", "EST5:60",
    ])
    func `a footer that is none is refused`(_ text: String) {
        #expect(throws: ZoneFlaw.self) { try ZoneFileParser.parse(file(footer: text)) }
    }

    @Test func `a broken file is refused at every length`() throws {
        let whole = file()
        for length in 0..<whole.count {
            #expect(throws: ZoneFlaw.self, "\(length) bytes") { try ZoneFileParser.parse(Array(whole[..<length])) }
        }
        #expect(throws: ZoneFlaw.self) { try ZoneFileParser.parse(file(times: [200, 100])) }
        #expect(throws: ZoneFlaw.self) { try ZoneFileParser.parse(file(times: [.min, 0])) }
        #expect(throws: ZoneFlaw.tooLarge(limit: 65_536)) {
            try ZoneFileParser.parse(whole + [UInt8](repeating: 0, count: 65_536))
        }
    }
}
