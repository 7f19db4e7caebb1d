import Core
import NIOCore

@testable import Gateway

extension FuzzTarget {
    /// Requests of all four protocols, and what they are made of.
    static let wire = [
        requestHeads, requestBodies, jsonRequests, formRequests, restRequests, xmlRequests, xml, patterns, timestamps,
        percentCoding,
    ]

    private static let requestHeads = FuzzTarget(
        "request-heads",
        texts: [
            "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 7\r\n\r\n",
            "PUT /%20 HTTP/1.1\r\nHOST:\t x \r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nA:\r\n\r\n",
        ]
    ) { bytes in
        var framing: RequestFraming?
        guard let head = accepted({ try RequestText(parsing: bytes.span, framing: &framing) }) else { return }
        require(framing != nil, "a head without framing was accepted")
        // What was understood, written down again, means the same.
        var text = Array("\(head.text(head.method)) ".utf8) + head.bytes[head.target] + Array(" HTTP/1.".utf8)
        text.append(head.bytes[head.target.upperBound + 8])
        for header in head.headers {
            text += Array("\r\n".utf8) + head.bytes[header.name] + Array(": ".utf8) + head.bytes[header.value]
        }
        text += Array("\r\n\r\n".utf8)
        var again: RequestFraming?
        let copy = accepted { try RequestText(parsing: text.span, framing: &again) }
        require(copy?.headers.count == head.headers.count && again == framing, "a head is read in two ways")
    }

    private static let requestBodies = FuzzTarget(
        "request-bodies",
        texts: ["\u{0}4;a=b\r\nabcd\r\n02\r\nef\r\n0\r\nTrailer: x\r\n\r\nGET", "\u{3}0\r\n\r\n", "\u{1}FFFFFFFF\r\na"]
    ) { bytes in
        // The first byte says in how large pieces the others arrive.
        guard let size = bytes.first.map({ Int($0) + 1 }) else { return }
        let content = Array(bytes.dropFirst())
        let pieces = stride(from: 0, to: content.count, by: size).map {
            Array(content[$0..<min(content.count, $0 + size)])
        }
        let (one, many) = (body(of: [content]), body(of: pieces))
        require(one == many, "pieces are put together to something else than the whole")
    }

    /// What chunks hold, where they are whole; `nil` where they are refused or have not ended.
    private static func body(of pieces: [[UInt8]]) -> [UInt8]? {
        var (body, buffer) = (RequestBody(), ByteBuffer())
        for piece in pieces {
            buffer.writeBytes(piece)
            guard let isWhole = accepted({ try body.collect(.chunked, from: &buffer, limit: 1 << 20) }) else {
                return nil
            }
            if isWhole { return Array(body.bytes.readableBytesView) }
        }
        return nil
    }

    private static let jsonRequests = FuzzTarget(
        "requests-json",
        texts: [
            "X-Amz-Target: Logs_20140328.PutLogEvents\n\n"
                + #"{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1,"message":"m"}]}"#,
            "X-Amz-Target: Logs_20140328.FilterLogEvents\n\n" + #"{"logGroupName":"g","startTime":9e99,"limit":0}"#,
            "X-Amz-Target: Logs_20140328.CreateLogGroup\n\n" + #"{"logGroupName":"a b","tags":{"k":"v"}}"#,
        ]
    ) { bytes in check(bytes, service: "logs") }

    private static let formRequests = FuzzTarget(
        "requests-query",
        texts: [
            "\nAction=CreateRole&Version=2010-05-08&RoleName=a&AssumeRolePolicyDocument=%7B%7D&Tags.member.1.Key=k",
            "\nAction=AttachRolePolicy&RoleName=%C3%A9&PolicyArn=arn&Tags.member.2.Value=v&Tags.member.1.Key.x=1",
            "\nAction=CreatePolicy&PolicyName=&Tags.member.99999999999999999999=1&Tags.=2&.=3",
        ]
    ) { bytes in check(bytes, service: "iam") }

    private static let restRequests = FuzzTarget(
        "requests-rest-json",
        texts: [
            "POST /2015-03-31/functions\n\n"
                + #"{"FunctionName":"a","Role":"r","Code":{"ZipFile":"UEs="},"Timeout":3,"Environment":{"Variables":{"A":"b"}}}"#,
            "GET /2015-03-31/functions/a%3Ab?Qualifier=1&MaxItems=07\n\n",
            "POST /2015-03-31/functions/a/invocations?Qualifier=live\nX-Amz-Invocation-Type: Event\n\n{}",
            "DELETE /2017-03-31/tags/arn%3Aaws?tagKeys=a&tagKeys=b\n\n",
        ]
    ) { bytes in check(bytes, service: "lambda") }

    /// Reads a request: a line with method and target where `service` has paths, header lines, an empty line, the body.
    private static func check(_ bytes: [UInt8], service: String, model: ServiceModel? = nil) {
        let request = wireRequest(bytes, service: service)
        do throws(WireFailure) {
            let routed: RoutedRequest
            if let model { routed = try Router.route(request, to: model) } else { routed = try Router.route(request) }
            let input = try routed.input()
            require(same(input, try routed.input()), "one request is read in two ways")
            require(routed.operation.isServed)
        } catch {
            let writer = ErrorWriter(dialect: error.dialect, requestID: RequestID())
            let response = writer.response(error.error)
            require((400..<500).contains(response.status), "bad input is answered with \(response.status)")
            if case .query = error.dialect.wireProtocol {
                require(accepted { try XMLReader.root(of: response.body) } != nil, "an error is no XML")
            } else if error.dialect.wireProtocol != .restXML {
                require(accepted { try JSON(parsing: response.body) } != nil, "an error is no JSON")
            }
        }
    }

    /// Whether two values are equal; what is no number is like itself here.
    private static func same(_ left: WireValue, _ right: WireValue) -> Bool {
        switch (left, right) {
        case (.double(let left), .double(let right)), (.timestamp(let left), .timestamp(let right)):
            left == right || (left.isNaN && right.isNaN)
        case (.list(let left), .list(let right)):
            left.count == right.count && zip(left, right).allSatisfy { same($0, $1) }
        case (.structure(let left), .structure(let right)):
            left.names == right.names && left.names.allSatisfy { same(left[$0] ?? .null, right[$0] ?? .null) }
        default: left == right
        }
    }

    private static func wireRequest(_ bytes: [UInt8], service: String) -> WireRequest {
        let isREST = service == "lambda" || service == "s3"
        var rest = bytes
        var method = "POST"
        var target = [Substring("/"), ""]
        if isREST {
            let (line, more) = rest.halves()
            rest = more
            let parts = line.text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            method = String(parts[0])
            target = (parts.count > 1 ? parts[1] : "/").split(
                separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        }
        let scope = "AKIDEXAMPLE/20261120/eu-west-1/\(service)/aws4_request"
        var headers = WireHeaders([("Authorization", "AWS4-HMAC-SHA256 Credential=\(scope), SignedHeaders=host")])
        while case let (line, more) = rest.halves(), !line.isEmpty {
            let (name, value) = line.halves(at: UInt8(ascii: ":"))
            headers.append(name.text, String(value.text.drop { $0 == " " }))
            rest = more
        }
        return WireRequest(
            method: method, rawPath: String(target[0]), rawQuery: target.count > 1 ? String(target[1]) : "",
            headers: headers, body: rest.halves().first.isEmpty ? rest.halves().second : rest)
    }

    private static let xmlRequests = FuzzTarget(
        "requests-rest-xml",
        texts: [
            "PUT /things/a%2Fb/c/d?n=7\nx-when: Tue, 29 Apr 2014 18:30:38 GMT\nx-meta-a: b\n\n"
                + #"<Thing xmlns="u" kind="k"><Name>a&amp;b</Name><List><item>1</item><item>2</item></List>"#
                + "<Flat>1.5</Flat><Flat>NaN</Flat><Map><entry><key>k</key><value>true</value></entry></Map>"
                + "<Time>2014-04-29T18:30:38Z</Time><Blob>aGk=</Blob></Thing>",
            "PUT /things/a/b\n\n<Thing/>", "PUT /things//?n=x\n\n<Thing><List>1</List></Thing>",
        ]
    ) { bytes in check(bytes, service: "s3", model: xmlModel) }

    /// A small service that speaks `rest-xml` with every kind of member; none that is served has it.
    private static let xmlModel: ServiceModel? = accepted {
        ServiceModel(
            try JSON(
                parsing: """
                    {"metadata":{"protocol":"rest-xml","endpointPrefix":"s3"},"operations":{"PutThing":{"name":"PutThing",
                    "http":{"method":"PUT","requestUri":"/things/{Key+}"},"input":{"shape":"Request"}}},"shapes":{
                    "Request":{"type":"structure","required":["Key"],"payload":"Thing","members":{
                    "Key":{"shape":"Text","location":"uri","locationName":"Key"},
                    "Number":{"shape":"Whole","location":"querystring","locationName":"n"},
                    "When":{"shape":"Time","location":"header","locationName":"x-when"},
                    "Meta":{"shape":"Texts","location":"headers","locationName":"x-meta-"},
                    "Thing":{"shape":"Thing"}}},
                    "Thing":{"type":"structure","members":{"Kind":{"shape":"Text","xmlAttribute":true,
                    "locationName":"kind"},"Name":{"shape":"Text"},"List":{"shape":"Wholes"},"Flat":{"shape":"Flat"},
                    "Map":{"shape":"Flags"},"Time":{"shape":"Time"},"Blob":{"shape":"Blob"},"Inner":{"shape":"Thing"}}},
                    "Text":{"type":"string","min":1,"max":100,"pattern":"[a-z/]*.*"},"Whole":{"type":"integer","min":1},
                    "Time":{"type":"timestamp"},"Blob":{"type":"blob"},"Number":{"type":"double"},
                    "Flag":{"type":"boolean"},"Wholes":{"type":"list","member":{"shape":"Whole","locationName":"item"}},
                    "Flat":{"type":"list","flattened":true,"member":{"shape":"Number"}},
                    "Texts":{"type":"map","key":{"shape":"Text"},"value":{"shape":"Text"}},
                    "Flags":{"type":"map","key":{"shape":"Text"},"value":{"shape":"Flag"}}}}
                    """))
    }

    private static let xml = FuzzTarget(
        "xml",
        texts: [
            #"<?xml version="1.0"?><!-- c --><a x="1" n:y='2'><b>&lt;&#65;&#x1F600;</b><![CDATA[<c>]]><d/></a>"#,
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<a></b>", "<a>&#0;</a>", "\u{FEFF}<a/>",
        ]
    ) { bytes in
        guard let root = accepted({ try XMLReader.root(of: bytes) }).map(plain) else { return }
        var xml = XMLWriter(shapes: ShapeTable(JSONObject()), times: .iso8601)
        write(root, to: &xml)
        require(accepted { try XMLReader.root(of: xml.bytes) }.map(plain) == root, "a document does not read itself")
    }

    /// An element as our writer can say it: attributes where there are children, text where there are none.
    private static func plain(_ node: XMLNode) -> XMLNode {
        var result = XMLNode(name: node.name)
        result.children = node.children.map(plain)
        if node.children.isEmpty { result.text = node.text } else { result.attributes = node.attributes }
        return result
    }

    private static func write(_ node: XMLNode, to xml: inout XMLWriter) {
        guard !node.children.isEmpty else { return xml.element(node.name, text: node.text) }
        xml.element(node.name, attributes: node.attributes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }) {
            xml in
            for child in node.children { write(child, to: &xml) }
        }
    }

    /// An expression on the first line, a text on the others.
    private static let patterns = FuzzTarget(
        "patterns",
        texts: [
            "(?!^[0-9]+$)([a-zA-Z0-9-_]+)\nv1", "^[a-z]([a-z]|-(?!-)){1,61}\\d{2,}?$\na-b22", "(a*)*b|[^\\p{L}]+\naaab",
            "[\\u0020-\\u00FF]+(?<!\\.)\\b\nx", "((((a{0,9}){0,9}){0,9})){0,9}\naaaa",
        ]
    ) { bytes in
        let (expression, text) = bytes.halves()
        guard let pattern = Pattern(expression.text) else { return }
        _ = pattern.matches(text.text)
    }

    private static let timestamps = FuzzTarget(
        "timestamps",
        texts: [
            "2014-04-29T18:30:38.123+02:00", "Tue, 29 Apr 2014 18:30:38 GMT", "1398796238.5", "0000-01-01T00:00:00Z",
        ]
    ) { bytes in
        guard let seconds = Timestamp.parse(bytes.text) else { return }
        for format in [TimestampFormat.iso8601, .rfc822, .unixTimestamp] {
            let text = Timestamp.text(seconds, as: format)
            guard format != .unixTimestamp, abs(seconds) < 1e11 else { continue }
            let again = Timestamp.parse(text)
            require(again.map { abs($0 - seconds) <= 1 } ?? false, "\(bytes.text) becomes \(text)")
        }
    }

    private static let percentCoding = FuzzTarget("percent-coding", texts: ["a=%C3%A9&b=+&c", "%", "%zz=1", "=&&=%00"])
    {
        bytes in
        for pair in accepted({ try PercentCoding.pairs(bytes.text) }) ?? [] {
            let escaped = RequestSigner.escaped(pair.value)
            require(accepted { try PercentCoding.decode(escaped, plusIsSpace: true) } == pair.value)
        }
    }
}
