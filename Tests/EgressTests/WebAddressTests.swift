import Testing

@testable import Egress

struct WebAddressTests {
    @Test func `a URL is taken apart`() throws {
        let address = try #require(WebAddress("https://Example.com/a?b=c"))
        #expect(address.host.text == "example.com")
        #expect(address.port.number == 443)
        #expect(address.path == "/a?b=c")
        #expect(WebAddress("http://example.com:8080")?.port.number == 8080)
        #expect(WebAddress("https://[2001:db8::1]:1/")?.host.text == "[2001:db8::1]")
    }

    @Test(arguments: [
        "", "https://", "ftp://example.com/", "https://user@example.com/", "https://user:pw@example.com/",
        "https://example.com/\r\nX: y", "https://example.com/ a", "https://example.com/#f", "https://127.1/",
        "https://0x7f000001/", "https://2130706433/", "https://010.0.0.1/", "https://example.com:0/",
        "https://example.com:65536/", "https://[::1", "https://exa\u{0}mple.com/", "file:///etc/passwd",
        "https://example.com\\@evil.com/", "//example.com/", "https:/example.com",
    ])
    func `what could be read in two ways is no address`(text: String) {
        #expect(WebAddress(text) == nil)
    }
}
