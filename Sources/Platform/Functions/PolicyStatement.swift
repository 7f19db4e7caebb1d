import Core

/// One permission of a resource policy.
package struct PolicyStatement: Hashable, Sendable, Codable {
    /// A condition such as `ArnLike`, on a key such as `AWS:SourceArn`.
    package struct Condition: Hashable, Sendable, Codable {
        package let test: String
        package let key: String
        package let value: String

        /// Names a test.
        package init(_ test: String, _ key: String, _ value: String) {
            self.test = test
            self.key = key
            self.value = value
        }
    }

    /// Who is allowed: everyone, a service, or an account or identity.
    package enum Grantee: Hashable, Sendable, Codable {
        case everyone
        case service(String)
        case identity(String)

        /// Reads a principal as `AddPermission` takes it: `*`, an account, an ARN of IAM, or a service's domain.
        package init(_ text: String) throws(FunctionError) {
            if text == "*" {
                self = .everyone
            } else if text.utf8.count == 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                self = .identity("arn:aws:iam::\(text):root")
            } else if text.hasPrefix("arn:") {
                guard let arn = try? ARN(text), arn.service == "iam" || arn.service == "sts" else {
                    throw .principalMalformed
                }
                self = .identity(text)
            } else if text.hasSuffix(".amazonaws.com") || text.hasSuffix(".amazon.com"),
                text.utf8.allSatisfy(Self.isDomainByte)
            {
                self = .service(text)
            } else {
                throw .principalMalformed
            }
        }

        private static func isDomainByte(_ byte: UInt8) -> Bool {
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || ".-".utf8.contains(byte)
        }

        fileprivate var json: JSON {
            switch self {
            case .everyone: "*"
            case .service(let name): ["Service": .string(name)]
            case .identity(let arn): ["AWS": .string(arn)]
            }
        }
    }

    package let sid: String
    package let grantee: Grantee
    package let action: String
    package let resource: String
    package let conditions: [Condition]

    /// Allows `grantee` to do `action` with `resource` where all conditions hold.
    package init(sid: String, grantee: Grantee, action: String, resource: String, conditions: [Condition] = []) {
        self.sid = sid
        self.grantee = grantee
        self.action = action
        self.resource = resource
        self.conditions = conditions
    }

    /// The statement as AWS writes it, conditions gathered by test.
    package var json: JSON {
        var members: [(String, JSON)] = [
            ("Sid", .string(sid)), ("Effect", "Allow"), ("Principal", grantee.json), ("Action", .string(action)),
            ("Resource", .string(resource)),
        ]
        if !conditions.isEmpty {
            var tests = JSONObject()
            for condition in conditions {
                var keys = tests[condition.test]?.object ?? JSONObject()
                keys[condition.key] = .string(condition.value)
                tests[condition.test] = .object(keys)
            }
            members.append(("Condition", .object(tests)))
        }
        return .object(JSONObject(members))
    }
}
