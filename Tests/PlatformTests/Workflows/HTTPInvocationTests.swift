import Core
import Egress
import Testing

@testable import Platform

/// Requests of tasks that call endpoints on the web.
@Suite struct HTTPInvocationTests {
    private let settings = EventConnection.Settings(
        authorization: "BASIC",
        parameters: #"""
            {"BasicAuthParameters":{"Username":"u","Password":"p"},"InvocationHttpParameters":{
            "HeaderParameters":[{"Key":"X-Both","Value":"connection"}],
            "QueryStringParameters":[{"Key":"k","Value":"a b"}],"BodyParameters":[{"Key":"b","Value":"secret"}]}}
            """#)

    /// What a connection adds, its proof among it.
    private var added: AddedParameters {
        var own = AddedParameters()
        own.headers = ConnectionProof(settings)?.header(token: nil).map { [$0] } ?? []
        return ConnectionProof.added(by: settings).below(own)
    }

    private typealias Request = (address: WebAddress, asked: ClientRequest)

    private func request(_ more: [(String, JSON)], _ other: AddedParameters? = nil) throws -> Request {
        var arguments = JSONObject([
            ("ApiEndpoint", "https://example.com/a?x=1"), ("Method", "POST"),
            ("Authentication", ["ConnectionArn": "arn:aws:events:us-east-1:000000000000:connection/c/1"]),
        ])
        for (name, value) in more { arguments[name] = value }
        return try HTTPInvocation(.object(arguments)).request(other ?? added, region: .standard)
    }

    private func header(_ name: String, _ request: Request) -> [String] {
        request.asked.headers.filter { $0.name.lowercased() == name }.map(\.value)
    }

    @Test func `what the connection says is added, and wins`() throws {
        let request = try request([("RequestBody", ["a": 1]), ("Headers", ["x-both": "own", "X-Own": ["1", "2"]])])
        #expect(request.address.path == "/a?x=1&k=a%20b")
        #expect(header("authorization", request) == ["Basic dTpw"])
        #expect(header("x-both", request) == ["connection"] && header("x-own", request) == ["1", "2"])
        #expect(String(decoding: request.asked.body, as: UTF8.self) == #"{"a":1,"b":"secret"}"#)
    }

    @Test(arguments: [
        ("INDICES", "l[0]=1&l[1]=a%20b&o[k]=v&n=&b=secret"), ("BRACKETS", "l[]=1&l[]=a%20b&o[k]=v&n=&b=secret"),
        ("REPEAT", "l=1&l=a%20b&o[k]=v&n=&b=secret"), ("COMMAS", "l=1,a%20b&o[k]=v&n=&b=secret"),
    ])
    func `a body may be a form`(format: String, text: String) throws {
        let request = try request([
            ("RequestBody", ["l": [1, "a b"], "o": ["k": "v"], "n": nil]),
            (
                "Transform",
                ["RequestBodyEncoding": "URL_ENCODED", "RequestEncodingOptions": ["ArrayFormat": .string(format)]]
            ),
        ])
        #expect(String(decoding: request.asked.body, as: UTF8.self) == text)
        #expect(header("content-type", request) == ["application/x-www-form-urlencoded"])
    }

    @Test func `what no request can be made of is refused`() throws {
        for (name, value) in [
            ("ApiEndpoint", "ftp://example.com"), ("ApiEndpoint", ""), ("Method", "TRACE"), ("Method", "CONNECT"),
            ("Authentication", [:]), ("Headers", "x"), ("QueryParameters", [1]),
            ("Transform", ["RequestBodyEncoding": "URL_ENCODED", "RequestEncodingOptions": ["ArrayFormat": "X"]]),
        ] as [(String, JSON)] {
            #expect(throws: HTTPInvocation.Flaw.self, "\(name) \(value)") { try request([(name, value)]) }
        }
    }
}
