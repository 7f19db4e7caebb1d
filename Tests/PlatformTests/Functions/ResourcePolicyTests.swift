import Core
import Platform
import Testing

@Suite struct ResourcePolicyTests {
    static let stamp = ChangeStamp(revision: "r2", time: .now)

    @Test func `a statement reads as AWS writes it`() throws {
        let statement = PolicyStatement(
            sid: "AllowRule", grantee: try .init("events.amazonaws.com"), action: "lambda:InvokeFunction",
            resource: "arn:aws:lambda:us-east-1:000000000000:function:f",
            conditions: [
                .init("StringEquals", "AWS:SourceAccount", "000000000000"),
                .init("ArnLike", "AWS:SourceArn", "arn:aws:events:us-east-1:000000000000:rule/r"),
            ])
        let expected = """
            {"Sid":"AllowRule","Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},\
            "Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f",\
            "Condition":{"StringEquals":{"AWS:SourceAccount":"000000000000"},\
            "ArnLike":{"AWS:SourceArn":"arn:aws:events:us-east-1:000000000000:rule/r"}}}
            """
        #expect(statement.json.text == expected)
    }

    @Test func `a principal is a service, an account, an identity or everyone`() throws {
        #expect(try PolicyStatement.Grantee("123456789012") == .identity("arn:aws:iam::123456789012:root"))
        #expect(try PolicyStatement.Grantee("*") == .everyone)
        #expect(
            try PolicyStatement.Grantee("arn:aws:iam::123456789012:role/r")
                == .identity("arn:aws:iam::123456789012:role/r"))
        for text in ["", "me", "evil.example.com", "arn:aws:s3:::b", "12345", "a b.amazonaws.com"] {
            #expect(throws: FunctionError.principalMalformed) { try PolicyStatement.Grantee(text) }
        }
    }

    @Test func `ids are unique, revisions count, and the document is bounded`() throws {
        func statement(_ sid: String) -> PolicyStatement {
            PolicyStatement(sid: sid, grantee: .everyone, action: "lambda:InvokeFunction", resource: "arn")
        }
        var policy = ResourcePolicy(revision: "r1")
        try policy.add(statement("a"), expecting: "r1", stamp: Self.stamp)
        #expect(throws: FunctionError.statementExists("a")) {
            try policy.add(statement("a"), expecting: nil, stamp: Self.stamp)
        }
        #expect(throws: FunctionError.revisionMismatch(.policy)) {
            try policy.add(statement("b"), expecting: "r1", stamp: Self.stamp)
        }
        #expect(throws: FunctionError.statementMissing("b")) {
            try policy.remove("b", expecting: nil, stamp: Self.stamp)
        }
        #expect(throws: FunctionError.policyTooLong(limit: 20_480)) {
            for number in 0..<1000 { try policy.add(statement("s\(number)"), expecting: nil, stamp: Self.stamp) }
        }
        #expect(policy.document.utf8.count <= 20_480)
    }
}
