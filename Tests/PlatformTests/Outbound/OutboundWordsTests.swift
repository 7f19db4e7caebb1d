import Core
import Egress
import Testing

@testable import Platform

@Suite struct OutboundWordsTests {
    private func complaint(_ text: String) -> String? {
        do throws(OutboundDocument.Flaw) {
            _ = try OutboundDocument(text)
            return nil
        } catch { return error.sentence }
    }

    @Test(arguments: [
        (#"[{"host":"a b"}]"#, "rules[0]: \"a b\" is no host: it holds a character that names do not have (byte 32)"),
        (#"[{"host":"x.example"},{"ports":[443]}]"#, "rules[1]: host is missing"),
        (#"[{"host":"x.example","speak":["gopher"]}]"#, "rules[0]: speak is http, tls or tcp, not \"gopher\""),
        (#"{"limits":{"connections":0}}"#, "limits: connections is no limit above 0 that can be kept"),
        (#"{"rule":[]}"#, "There is no member \"rule\": there are \"rules\", \"services\" and \"limits\"."),
    ])
    func `what is wrong with rules is said in words, with its place`(_ text: String, _ sentence: String) {
        #expect(complaint(text) == sentence)
    }

    @Test func `only what somebody forbids is a denial`() {
        for refusal: EgressRefusal in [
            .notAllowed(.host), .gate("x"), .cut("x"), .limit(.connections), .otherServerName,
        ] {
            #expect(refusal.isDenial, "\(refusal)")
        }
        for refusal: EgressRefusal in [.unreachable, .connectTimeout, .tls, .noAnswer, .slow] {
            #expect(!refusal.isDenial, "\(refusal)")
        }
    }
}
