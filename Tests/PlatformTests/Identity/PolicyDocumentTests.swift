import Testing

@testable import Platform

@Suite struct PolicyDocumentTests {
    private func flaw(_ text: String, _ use: PolicyDocument.Use) -> PolicyDocument.Flaw? {
        do throws(PolicyDocument.Flaw) {
            _ = try PolicyDocument(text, use: use)
            return nil
        } catch { return error }
    }

    @Test func `policies of the right shape are kept as they were written`() throws {
        let text = """
            { "Version": "2012-10-17", "Statement": {"Sid": "a", "Effect":"Deny","NotAction":["s3:*"],\
            "NotResource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}} }
            """
        #expect(try PolicyDocument(text, use: .identity).text == text)
        #expect(try PolicyDocument(CredentialTests.trust, use: .trust).text == CredentialTests.trust)
    }

    @Test func `each flaw is told apart`() {
        #expect(flaw("", .identity) == .invalidJSON)
        #expect(flaw("{", .identity) == .invalidJSON)
        #expect(flaw("[]", .identity) == .syntax)
        #expect(flaw("{}", .identity) == .syntax)
        #expect(flaw(#"{"Statement":[]}"#, .identity) == .syntax)
        #expect(flaw(#"{"Version":"2020-01-01","Statement":[{}]}"#, .identity) == .unknownVersion)
        #expect(flaw(#"{"Statement":[{}]}"#, .identity) == .missingField("Effect"))
        #expect(flaw(#"{"Statement":[{"Effect":"Maybe"}]}"#, .identity) == .syntax)
        #expect(flaw(#"{"Statement":[{"Effect":"Allow"}]}"#, .identity) == .missingField("Action"))
        #expect(flaw(#"{"Statement":[{"Effect":"Allow","Action":1,"Resource":"*"}]}"#, .identity) == .syntax)
        #expect(flaw(#"{"Statement":[{"Effect":"Allow","Action":"*"}]}"#, .identity) == .missingField("Resource"))
        #expect(
            flaw(#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}]}"#, .identity)
                == .prohibitedField("Principal"))
        #expect(
            flaw(#"{"Statement":[{"Effect":"Allow","Action":"*","Principal":"*","Resource":"*"}]}"#, .trust)
                == .prohibitedField("Resource"))
        #expect(flaw(#"{"Statement":[{"Effect":"Allow","Action":"*"}]}"#, .trust) == .missingField("Principal"))
        #expect(flaw(String(repeating: "[", count: 100_000), .identity) == .invalidJSON)
    }
}
