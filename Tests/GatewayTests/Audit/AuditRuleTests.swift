import Testing

@testable import Gateway

struct AuditRuleTests {
    @Test func `what changes something, or gives out a secret, is kept before it is answered`() {
        for (service, operation) in [
            ("lambda", "CreateFunction"), ("lambda", "DeleteFunction"), ("lambda", "AddPermission"),
            ("lambda", "PutFunctionConcurrency"), ("lambda", "GetFunction"), ("iam", "CreateAccessKey"),
            ("iam", "AttachRolePolicy"), ("sts", "AssumeRole"), ("sts", "GetSessionToken"), ("logs", "DeleteLogGroup"),
            ("martlet", "RedriveDeadLetter"), ("martlet", "GetDeadLetter"), ("new", "AnythingNobodyThoughtOf"),
        ] { #expect(AuditRule(service: service, operation: operation) == .beforeAnswer, "\(service):\(operation)") }
    }

    @Test func `what only reads what is managed is kept soon`() {
        for (service, operation) in [
            ("lambda", "ListFunctions"), ("lambda", "GetPolicy"), ("iam", "GetRole"), ("sts", "GetCallerIdentity"),
            ("logs", "DescribeLogGroups"), ("martlet", "ListDeadLetters"),
        ] { #expect(AuditRule(service: service, operation: operation) == .soon, "\(service):\(operation)") }
    }

    @Test func `nothing but an emergency stop is done while nothing can be kept`() {
        #expect(AuditRule(service: "martlet", operation: "StopCalls") == .evenUnkept)
        let operations = ServiceCatalog.embedded.model(named: "martlet")?.operations.keys.sorted() ?? []
        #expect(operations.filter { AuditRule(service: "martlet", operation: $0) == .evenUnkept } == ["StopCalls"])
        #expect(AuditRule(service: "lambda", operation: "StopCalls") == .beforeAnswer)
    }

    @Test func `of the data plane only denials are kept`() {
        for (service, operation) in [
            ("lambda", "Invoke"), ("logs", "PutLogEvents"), ("logs", "FilterLogEvents"), ("sns", "Publish"),
            ("sns", "PublishBatch"),
        ] {
            #expect(AuditRule(service: service, operation: operation) == .denialsOnly, "\(service):\(operation)")
        }
    }

    @Test func `no operation of the models that changes something is taken for one that only reads`() {
        let reads = ["Get", "List", "Describe", "Filter", "Simulate", "Decode", "Explain"]
        var seen = 0
        for service in ["lambda", "logs", "iam", "sts", "sns", "martlet"] {
            for name in ServiceCatalog.embedded.model(named: service)?.operations.keys.sorted() ?? [] {
                seen += 1
                let rule = AuditRule(service: service, operation: name)
                if rule == .soon { #expect(reads.contains { name.hasPrefix($0) }, "\(service):\(name)") }
            }
        }
        #expect(seen > 100)
    }
}
