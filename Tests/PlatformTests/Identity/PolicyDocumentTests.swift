import AccessPolicy
import Testing

@testable import Platform

@Suite struct PolicyDocumentTests {
    @Test func `policies of the right shape are kept as they were written`() throws {
        let text = """
            { "Version": "2012-10-17", "Statement": {"Sid": "a", "Effect":"Deny","NotAction":["s3:*"],\
            "NotResource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}} }
            """
        #expect(try PolicyDocument(text, use: .identity).text == text)
        #expect(try PolicyDocument(CredentialTests.trust, use: .trust).text == CredentialTests.trust)
    }

    @Test func `what is no policy is refused with its place`() {
        let text =
            #"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Maybe","Action":"*","Resource":"*"}]}"#
        let flaw = #expect(throws: PolicyFlaw.self) { _ = try PolicyDocument(text, use: .identity) }
        #expect(flaw?.place == "Statement[1].Effect")
        #expect(throws: PolicyFlaw.self) { _ = try PolicyDocument("", use: .identity) }
    }
}
