import AccessPolicy
import Core
import Foundation
import NIOCore
import Storage

@testable import Platform

extension FuzzTarget {
    /// Work items, policies, links, and the records in the store.
    static let platform = [
        archives, builtArchives, workItems, policies, grantees, codeLinks, records, lines, longLines,
        outboundDocuments, identityClaims,
    ]

    /// What an operator sets as rules of the way out.
    private static let outboundDocuments = FuzzTarget(
        "outbound-documents",
        texts: [
            #"{"rules":[{"host":"*.a.example","ports":[443],"speak":["tls"]}],"limits":{"connections":3}}"#,
            #"{"services":[{"listen":5432,"target":"db.example:5432","name":"db"}]}"#,
            #"[{"host":"a.example","tls":"originate","headers":{"A":"B {{secret:C}}"}}]"#,
        ]
    ) { bytes in
        guard let document = accepted({ try OutboundDocument(bytes.text) }) else { return }
        require(document.text == bytes.text)
    }

    private static let identityClaims = FuzzTarget(
        "identity-claims",
        texts: [
            #"{"iss":"https://id.example.com/a","sub":"s","aud":"app","exp":1800000600,"iat":1800000000}"#,
            #"{"iss":"https://a:1","sub":"s","aud":["x","y"],"azp":"app","exp":18e8,"iat":1.8e9,"nbf":0,"amr":["p"]}"#,
            "https://id.example.com:8443/realms/x",
        ]
    ) { bytes in
        if let url = ProviderURL(bytes.text) { require(ProviderURL(bare: url.text) == url && url.url == bytes.text) }
        guard let claims = accepted({ try IdentityClaims(parsing: bytes) }) else { return }
        require(!claims.subject.isEmpty && claims.facts.count >= 3)
        let now = Instant(milliseconds: 1_800_000_000_000)
        require(accepted { try claims.check(for: [], at: now) } == nil, "a token for nobody was taken")
    }

    private static let workItems = FuzzTarget(
        "work-items",
        seeds: [
            WorkItem(
                requestID: RequestID(), function: name, qualifier: .version(3), descent: Descent(),
                trace: TraceContext(), accepted: Instant(milliseconds: 1_700_000_000_000), sealed: [1, 2, 3]
            ).bytes,
            EventContent(payload: Array("{}".utf8), clientContext: #"{"custom":{}}"#).bytes,
        ]
    ) { bytes in
        if let item = accepted({ () throws(WorkItem.Fault) in try WorkItem(bytes) }) {
            require(accepted { () throws(WorkItem.Fault) in try WorkItem(item.bytes) } == item)
        }
        if let content = accepted({ () throws(WorkItem.Fault) in try EventContent(bytes) }) {
            require(accepted { () throws(WorkItem.Fault) in try EventContent(content.bytes) } == content)
        }
    }

    private static let name: FunctionName = {
        guard let name = accepted({ try FunctionName("orders") }) else { fatalError("orders is a name") }
        return name
    }()

    private static let policies = FuzzTarget(
        "policies",
        texts: [
            """
            {"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":["s3:Get*"],"Resource":"*",\
            "Condition":{"StringLike":{"aws:x":["a*"]}}}]}
            """,
            """
            {"Statement":{"Effect":"Deny","NotAction":"sts:*","Principal":{"Service":"lambda.amazonaws.com"}}}
            """,
        ]
    ) { bytes in
        for use in [Policy.Use.identity, .trust] {
            guard let policy = accepted({ try PolicyDocument(bytes.text, use: use) }) else { continue }
            require(policy.size >= 0 && policy.size <= policy.text.utf8.count)
            require(accepted { try PolicyDocument(policy.text, use: use) } == policy)
        }
    }

    private static let grantees = FuzzTarget(
        "grantees",
        texts: ["*", "123456789012", "arn:aws:iam::123456789012:root", "events.amazonaws.com", "Admin/x_+=,.@-"]
    ) { bytes in
        if let grantee = accepted({ try PolicyStatement.Grantee(bytes.text) }) {
            let statement = PolicyStatement(sid: "a", grantee: grantee, action: "b", resource: "c")
            require(accepted { try JSON(parsing: statement.json.serialized) } == statement.json)
        }
        if let name = accepted({ try EntityName(bytes.text) }) {
            require(accepted { try EntityName(name.text) } == name)
        }
    }

    private static let links = CodeLinks()

    private static let codeLinks = FuzzTarget(
        "code-links",
        texts: [
            links.link(to: .function(name, .published(1)), in: .standard), "/martlet/code/a?expires=1&signature=2",
            "?&=&expires=9223372036854775808", "/martlet/code/000000000000/function/orders/latest?expires=99999999999",
        ]
    ) { bytes in
        let (path, query) = bytes.halves(at: UInt8(ascii: "?"))
        let ticket = links.ticket(path: path.text, query: query.text, at: Instant(milliseconds: 0))
        // Only what this process made opens: the first seed, by any spelling of its query.
        require(ticket == nil || ticket?.account == .standard)
    }

    private static let records = FuzzTarget("records", seeds: recordSeeds) { bytes in
        let data = Data(bytes)
        check(FunctionState.self, data)
        check(VersionRecord.self, data)
        check(LayerVersion.self, data)
        check(PolicyRecord.self, data)
        check(RoleRecord.self, data)
        check(UserRecord.self, data)
        check(ConcurrencyLedger.self, data)
        _ = accepted { try JSONDecoder().decode(SessionToken.self, from: data) }
        let record = Record(key: RecordKey(kind: "log-stream", id: "group:stream"), value: bytes, version: 1)
        _ = LogStream(record)
        _ = LogGroup(record)
    }

    private static func check<Value: Codable & Equatable>(_ type: Value.Type, _ data: Data) {
        guard let value = accepted({ try JSONDecoder().decode(Value.self, from: data) }) else { return }
        guard let written = accepted({ try JSONEncoder().encode(value) }) else {
            return require(false, "\(type) cannot be written")
        }
        require(accepted { try JSONDecoder().decode(Value.self, from: written) } == value, "\(type) changes")
    }

    private static let recordSeeds: [[UInt8]] = {
        let time = Instant(milliseconds: 1_700_000_000_000)
        guard let role = accepted({ try RoleARN("arn:aws:iam::000000000000:role/worker") }),
            let runtime = accepted({ try Runtime("python3.13") }),
            let entity = accepted({ try EntityName("worker") }),
            let trust = accepted({
                try PolicyDocument(
                    #"{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}}"#, use: .trust)
            }),
            let version = accepted({
                try VersionRecord(
                    configuration: FunctionConfiguration(name: name, runtime: runtime, handler: "a.b", role: role),
                    code: CodeReference(blob: "b", key: "k", sha256: "s", size: 1, unpackedSize: 2), layerCode: [],
                    stamp: ChangeStamp(revision: "r", time: time))
            }),
            let state = accepted({ try FunctionState(latest: version, tags: ["a": "b"]) }),
            let roleRecord = accepted({
                try RoleRecord(name: entity, path: "/", trust: trust, description: "d", created: time)
            }),
            let policy = accepted({
                try PolicyRecord(name: entity, path: "/", description: nil, document: trust, created: time)
            })
        else { return [] }
        let user = UserRecord(name: entity, path: "/", created: time)
        let values: [any Encodable] = [state, version, roleRecord, policy, user]
        return values.compactMap { value in accepted { Array(try JSONEncoder().encode(value)) } } + [
            Array(#"{"created":1,"first":2,"last":3,"ingested":4,"next":5,"ordered":true,"automatic":false}"#.utf8)
        ]
    }()

    private static let lines = FuzzTarget("lines", texts: ["\u{3}one\ntwo\n\nthree", "\u{0}\n", "\u{FF}a"]) { bytes in
        guard let size = bytes.first.map({ Int($0) + 1 }) else { return }
        let content = Array(bytes.dropFirst())
        let pieces = stride(from: 0, to: content.count, by: size).map {
            Array(content[$0..<min(content.count, $0 + size)])
        }
        require(lines(of: pieces) == lines(of: [content]), "pieces give other lines than the whole")
    }

    /// The same, so much larger that lines are beyond their limit.
    private static let longLines = FuzzTarget("long-lines", texts: ["one\ntwo", "\n\n", "seven\n"]) { bytes in
        let content = bytes.prefix(8).flatMap { [UInt8](repeating: $0 & 0x7F, count: $0 == 0x0A ? 1 : 100_000) }
        let pieces = stride(from: 0, to: content.count, by: 65_536).map {
            Array(content[$0..<min(content.count, $0 + 65_536)])
        }
        let whole = lines(of: [content])
        require(whole.allSatisfy { $0.utf8.count <= LineSplitter.lineLimit }, "a line is too long")
        require(lines(of: pieces) == whole, "pieces give other long lines than the whole")
    }

    private static func lines(of pieces: [[UInt8]]) -> [String] {
        var splitter = LineSplitter()
        let lines = pieces.flatMap { splitter.split(ByteBuffer(bytes: $0)) }
        return lines + (splitter.finish().map { [$0] } ?? [])
    }
}
