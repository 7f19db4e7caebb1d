import Testing

@testable import Egress

struct AddressTests {
    @Test(arguments: [
        ("8.8.8.8", AddressKind.global), ("10.1.2.3", .privateUse), ("172.16.0.1", .privateUse),
        ("172.31.255.255", .privateUse), ("172.32.0.1", .global), ("192.168.0.1", .privateUse),
        ("127.0.0.1", .loopback), ("127.255.255.254", .loopback), ("169.254.1.1", .linkLocal),
        ("169.254.169.254", .metadata), ("168.63.129.16", .metadata), ("100.100.100.200", .metadata),
        ("100.64.0.1", .shared), ("100.127.255.255", .shared), ("100.128.0.1", .global), ("224.0.0.1", .multicast),
        ("239.255.255.255", .multicast), ("255.255.255.255", .broadcast), ("240.0.0.1", .reserved),
        ("0.0.0.0", .unspecified), ("0.1.2.3", .unspecified), ("192.0.2.1", .documentation),
        ("198.51.100.7", .documentation), ("203.0.113.9", .documentation), ("198.18.0.1", .benchmarking),
        ("198.19.255.255", .benchmarking), ("198.20.0.1", .global), ("192.0.0.8", .reserved),
        ("192.88.99.1", .reserved),
    ])
    func `IPv4 addresses are what the registry says`(text: String, kind: AddressKind) throws {
        #expect(try #require(IPAddressParser.v4(text)).kind == kind)
    }

    @Test(arguments: [
        ("2606:4700::1111", AddressKind.global), ("::", .unspecified), ("::1", .loopback), ("fe80::1", .linkLocal),
        ("fc00::1", .uniqueLocal), ("fdff::1", .uniqueLocal), ("fec0::1", .uniqueLocal), ("ff02::1", .multicast),
        ("2001:db8::1", .documentation), ("3fff::1", .documentation), ("2001:2::1", .benchmarking),
        ("fd00:42::42", .metadata), ("fe80::a9fe:a9fe", .metadata), ("fe80::1", .linkLocal),
        ("fd00:ec2::254", .metadata), ("fd20:ce::254", .metadata), ("100::1", .reserved), ("2001:10::1", .reserved),
        ("64:ff9b:1::1", .reserved), ("5f00::1", .reserved), ("4000::1", .reserved),
        // What is inside decides.
        ("::ffff:127.0.0.1", .loopback), ("::ffff:10.0.0.1", .privateUse), ("::ffff:169.254.169.254", .metadata),
        ("::127.0.0.1", .loopback), ("::ffff:0:127.0.0.1", .loopback), ("64:ff9b::7f00:1", .loopback),
        ("64:ff9b::a9fe:a9fe", .metadata), ("64:ff9b::8.8.8.8", .global), ("2002:7f00:1::", .loopback),
        ("2002:a00:1::1", .privateUse), ("2002:808:808::1", .global),
        // Teredo has the client's address with all bits turned over: 80ff:fffe is 127.0.0.1.
        ("2001:0:808:808::80ff:fffe", .loopback), ("2606:4700::5efe:a00:1", .privateUse),
        ("2606:4700::200:5efe:7f00:1", .loopback),
    ])
    func `IPv6 addresses are judged by what they embed`(text: String, kind: AddressKind) throws {
        #expect(try #require(IPAddressParser.v6(text)).kind == kind)
    }

    @Test(arguments: [
        "127.1", "127.0.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001", "0177.0.0.1", "127.0.0.01",
        "127.0.0.1.", "256.0.0.1", "1.2.3.4.5", "1..2.3", "127.0.0.0x1", "0x", "1.2.3.0x", "foo.0x7f", "a.b.1",
        "127.0.0.1.", "00.0.0.0", "4294967295", "1e3", "٣.0.0.1",
    ])
    func `an odd spelling of an address is no host`(text: String) {
        guard text != "1e3" else {
            // An ordinary name after all: nobody reads it as a number.
            #expect(throws: Never.self) { try Host(text) }
            return
        }
        #expect(throws: HostError.self) { try Host(text) }
    }

    @Test(arguments: [
        "[::ffff:127.0.0.1%eth0]", "[fe80::1%25eth0]", "[::1", "::1", "[]", "[1::2::3]", "[:::]", "[12345::]",
        "[1:2:3:4:5:6:7:8:9]", "[1:2:3:4:5:6:7]", "[::127.1]", "[127.0.0.1]", "[::1].", "[::ffff:127.0.0.256]",
        "[1.2.3.4::]", "[:1:2:3:4:5:6:7]",
    ])
    func `what is in brackets is a plain IPv6 address`(text: String) {
        #expect(throws: HostError.self) { try Host(text) }
    }

    @Test(arguments: [
        "", ".", "a..b", ".a", "-a", "a-", "a.-b", "a-.b", "ex ample.com", "%6cocalhost", "loc%61lhost", "a/b", "a@b",
        "bücher.example", "ⓛocalhost", "localhost\u{3002}", "a\u{0}b", "a:b", "a\\b",
        String(repeating: "a", count: 64), Array(repeating: "abcdefg", count: 33).joined(separator: "."),
    ])
    func `what is no name is refused`(text: String) {
        #expect(throws: HostError.self) { try Host(text) }
    }

    @Test func `a host has one spelling`() throws {
        #expect(try Host("API.Example.COM.") == Host("api.example.com"))
        #expect(try Host("[::FFFF:10.0.0.1]") == Host("10.0.0.1"))
        #expect(try Host("[0:0:0:0:0:0:0:1]") == Host("[::1]"))
        #expect(try Host("[2001:DB8:0:0:1::1]").text == "[2001:db8::1:0:0:1]")
        #expect(try Host("xn--bcher-kva.example").text == "xn--bcher-kva.example")
        #expect(throws: HostError.badLabel) { try Host("example.com..") }
    }

    @Test func `the text of an address reads itself`() throws {
        for text in ["::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8", "1:0:0:2::3", "fe80::1:0:0:1", "1:0:2::"] {
            #expect(try #require(IPAddressParser.v6(text)).description == text)
        }
        #expect(IPAddressParser.v6("0:0:1:0:0:0:0:0")?.description == "0:0:1::")
    }

    @Test func `a block holds its own family only, and is written in one way`() throws {
        let block = try #require(AddressRange("10.0.0.0/8"))
        #expect(block.contains(.v4(0x0AFF_FFFF)) && !block.contains(.v4(0x0B00_0000)))
        #expect(try #require(AddressRange("0.0.0.0/0")).contains(.v4(0x7F00_0001)))
        #expect(try !#require(AddressRange("::/0")).contains(.v4(0x7F00_0001)))
        for text in [
            "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/", "10/8", "fe80::1/10", "a/8", "1.2.3.4/+8",
        ] {
            #expect(AddressRange(text) == nil, "\(text)")
        }
    }
}
