import Core
import Testing

@testable import Gateway

@Suite struct WireRouterTests {
    @Test func `every model that travels along is read`() throws {
        #expect(
            ServiceCatalog.embedded.names == [
                "events", "iam", "lambda", "logs", "martlet", "scheduler", "sns", "sqs", "states", "sts",
            ])
        for name in ServiceCatalog.embedded.names {
            let model = try #require(ServiceCatalog.embedded.model(named: name))
            #expect(model.identity.signingName == name)
            #expect(!model.operations.values.filter(\.isServed).isEmpty)
        }
    }

    @Test func `every route of Lambda leads to its own operation`() throws {
        let model = try #require(ServiceCatalog.embedded.model(named: "lambda"))
        for operation in model.operations.values {
            let path = operation.template.segments.map { segment in
                switch segment {
                case .literal(let text): "/\(text)"
                case .label(let name): "/\(name)%2F%C3%A9"
                case .greedy(let name): "/\(name)/more"
                }
            }.joined()
            let query = operation.template.query.map { (name: $0.name, value: $0.value ?? "") }
            let match = try #require(model.routes.match(method: operation.method, path: path, query: query))
            #expect(match.operation == operation.name)
            for case .label(let name) in operation.template.segments {
                #expect(match.labels[name] == "\(name)%2F%C3%A9")
            }
        }
    }

    @Test func `an encoded slash belongs to its label`() throws {
        let decoded = try Router.decode(
            request: WireRequests.make(
                "lambda", method: "GET",
                path: "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3Ag"))
        #expect(decoded.operation.name == "ListTags")
        #expect(decoded.input["Resource"]?.string == "arn:aws:lambda:eu-west-1:000000000000:function:g")
    }

    @Test func `the three ways to name an operation are told apart`() throws {
        let rest = try Router.decode(
            request: WireRequests.make("lambda", method: "GET", path: "/2015-03-31/functions/", query: "MaxItems=7"))
        #expect(rest.operation.name == "ListFunctions")
        #expect(rest.input == ["MaxItems": 7])
        let form = try Router.decode(
            request: WireRequests.form("iam", "Action=GetRole&Version=2010-05-08&RoleName=a%2Bb"))
        #expect(form.operation.name == "GetRole")
        #expect(form.input == ["RoleName": "a+b"])
        let json = try Router.decode(
            request: WireRequests.json("logs", "Logs_20140328.CreateLogGroup", #"{"logGroupName":"/x","unknown":1}"#))
        #expect(json.operation.name == "CreateLogGroup")
        #expect(json.service == "logs")
        #expect(json.input == ["logGroupName": "/x"])
    }

    @Test func `a payload passes through as bytes`() throws {
        let bytes: [UInt8] = [0xFF, 0x00, 0x7B]
        let decoded = try Router.decode(
            request: WireRequests.make(
                "lambda", path: "/2015-03-31/functions/f/invocations", query: "Qualifier=1",
                headers: [(name: "x-amz-invocation-type", value: "Event")], bytes: bytes))
        #expect(
            decoded.input == [
                "FunctionName": "f", "Qualifier": "1", "InvocationType": "Event", "Payload": .blob(bytes),
            ])
    }

    @Test func `a presigned request names its service in the query`() throws {
        let request = WireRequest(
            method: "GET", rawPath: "/",
            rawQuery: "Action=GetCallerIdentity&Version=2011-06-15"
                + "&X-Amz-Credential=AKID%2F20261120%2Feu-west-1%2Fsts%2Faws4_request",
            headers: [:], body: [])
        #expect(try Router.decode(request: request).operation.name == "GetCallerIdentity")
    }

    @Test func `a web identity needs no signature, and nothing else goes without`() throws {
        let headers: WireHeaders = ["Content-Type": "application/x-www-form-urlencoded"]
        let token =
            "Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::000000000000:role/r&RoleSessionName=me"
            + "&WebIdentityToken=eyJh"
        let open = WireRequest(method: "POST", rawPath: "/", rawQuery: "", headers: headers, body: Array(token.utf8))
        #expect(try Router.decode(request: open).operation.allowsUnsigned)
        let closed = WireRequest(
            method: "POST", rawPath: "/", rawQuery: "", headers: headers, body: Array("Action=AssumeRole".utf8))
        #expect(WireRequests.failure(closed)?.reason == .unknownService)
    }

    @Test(arguments: [
        (WireRequests.json("logs", "Logs_20140328.Nope", "{}"), WireFailure.Reason.unknownOperation, 400),
        (WireRequests.json("logs", "Logs_20140328.PutAccountPolicy", "{}"), .notServed, 400),
        (WireRequests.make("logs"), .unknownOperation, 400),
        (WireRequests.form("iam", "Action=Nope"), .unknownOperation, 400),
        (WireRequests.form("iam", "Action=CreateGroup"), .notServed, 400),
        (WireRequests.make("lambda", method: "GET", path: "/nope"), .unknownOperation, 404),
        (WireRequests.make("lambda", method: "BREW", path: "/2015-03-31/functions"), .unknownOperation, 404),
        (WireRequests.make("lambda", method: "GET", path: "/2020-04-22/code-signing-configs"), .notServed, 404),
        (WireRequests.json("dynamodb", "DynamoDB_20120810.ListTables", "{}"), .unknownService, 400),
        (WireRequests.make("s3", method: "GET", path: "/bucket"), .unknownService, 400),
        (WireRequests.form("ec2", "Action=RunInstances"), .unknownService, 400),
    ])
    func `what is not implemented is refused by name, never with a 5xx`(
        request: WireRequest, reason: WireFailure.Reason, status: Int
    ) throws {
        let failure = try #require(WireRequests.failure(request))
        #expect(failure.reason == reason)
        #expect(ResponseWriter.response(failure, requestID: RequestID()).status == status)
    }
}
