import Core
import Platform
import Testing

@testable import Gateway

@Suite struct LambdaFunctionTests {
    let lambda = LambdaFixture()
    let path = LambdaFixture.functionsPath
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f"

    @Test func `a new function says what AWS says of one`() async throws {
        let made = try await lambda.create("f")
        #expect(made["FunctionArn"] == .string(arn))
        #expect(made["Version"] == "$LATEST")
        #expect(made["State"] == "Active")
        #expect(made["LastUpdateStatus"] == "Successful")
        #expect(made["MemorySize"] == 128)
        #expect(made["Timeout"] == 3)
        #expect(made["PackageType"] == "Zip")
        #expect(made["Architectures"] == [.string(Architecture.host.rawValue)])
        #expect(made["EphemeralStorage"] == ["Size": 512])
        #expect(made["TracingConfig"] == ["Mode": "PassThrough"])
        #expect(made["SnapStart"] == ["ApplyOn": "None", "OptimizationStatus": "Off"])
        #expect(made["LoggingConfig"] == ["LogFormat": "Text", "LogGroup": "/aws/lambda/f"])
        #expect(made["Environment"] == nil)
        #expect(made["VpcConfig"] == nil)
        let time = try #require(made["LastModified"]?.string)
        #expect(time.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/))
    }

    @Test func `what is set is returned`() async throws {
        try await lambda.create(
            "f",
            [
                ("Description", "d"), ("Timeout", 900), ("MemorySize", 1769), ("EphemeralStorage", ["Size": 1024]),
                ("Environment", ["Variables": ["B_1": "x", "A_1": "ü"]]), ("TracingConfig", ["Mode": "Active"]),
                ("Tags", ["k": "v"]), ("KMSKeyArn", "arn:aws:kms:us-east-1:000000000000:key/x"),
                ("DeadLetterConfig", ["TargetArn": "arn:aws:sqs:us-east-1:000000000000:q"]),
                ("VpcConfig", ["SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]]),
                ("LoggingConfig", ["LogFormat": "JSON", "LogGroup": "/mine", "SystemLogLevel": "WARN"]),
            ])
        let found = try await lambda.send("GET", "\(path)/f")
        let configuration = try #require(found["Configuration"])
        #expect(configuration["Environment"] == ["Variables": ["A_1": "ü", "B_1": "x"]])
        #expect(configuration["Timeout"] == 900)
        #expect(configuration["DeadLetterConfig"] == ["TargetArn": "arn:aws:sqs:us-east-1:000000000000:q"])
        #expect(configuration["VpcConfig"]?["SubnetIds"] == ["subnet-1"])
        #expect(
            configuration["LoggingConfig"] == [
                "LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN", "LogGroup": "/mine",
            ])
        #expect(found["Tags"] == ["k": "v"])
        #expect(found["Concurrency"] == nil)
    }

    @Test func `an update changes what it names and no more`() async throws {
        let made = try await lambda.create(
            "f", [("Environment", ["Variables": ["AB": "x"]]), ("DeadLetterConfig", ["TargetArn": .string(queue)])])
        let changed = try await lambda.send("PUT", "\(path)/f/configuration", ["MemorySize": 256])
        #expect(changed["MemorySize"] == 256)
        #expect(changed["Environment"] == ["Variables": ["AB": "x"]])
        #expect(changed["RevisionId"] != made["RevisionId"])
        let cleared = try await lambda.send(
            "PUT", "\(path)/f/configuration", ["Environment": [:], "DeadLetterConfig": ["TargetArn": ""]])
        #expect(cleared["Environment"] == nil)
        #expect(cleared["DeadLetterConfig"] == nil)
    }

    @Test func `code is fetched by the link that GetFunction gives`() async throws {
        try await lambda.create("f")
        let location = try #require(try await lambda.send("GET", "\(path)/f")["Code"]?["Location"]?.string)
        let parts = location.dropFirst("http://127.0.0.1:4566".count).split(separator: "?").map(String.init)
        let ticket = try #require(lambda.links.ticket(path: parts[0], query: parts[1]))
        #expect(JSON.string(Base64.encode(try await lambda.functions.download(ticket))) == LambdaFixture.zip())
    }

    @Test func `a stale revision is refused`() async throws {
        let made = try await lambda.create("f")
        let revision = try #require(made["RevisionId"])
        try await lambda.send("PUT", "\(path)/f/configuration", ["Timeout": 5, "RevisionId": revision])
        let stale = try await lambda.send("PUT", "\(path)/f/configuration", ["Timeout": 6, "RevisionId": revision])
        #expect(stale.status == 412)
        #expect(stale.code == "PreconditionFailedException")
        #expect(stale.message.hasPrefix("The RevisionId provided does not match the latest RevisionId."))
    }

    @Test func `a missing function is 404 by its ARN`() async throws {
        for (method, target) in [("GET", "\(path)/f"), ("GET", "\(path)/f?Qualifier=live"), ("DELETE", "\(path)/f")] {
            let answer = try await lambda.send(method, target)
            #expect(answer.status == 404)
            #expect(answer.code == "ResourceNotFoundException")
            #expect(answer.message.hasPrefix("Function not found: \(arn)"))
        }
    }

    @Test func `a name is taken once`() async throws {
        try await lambda.create("f")
        let again = try await lambda.send("POST", path, LambdaFixture.function("f"))
        #expect(again.status == 409)
        #expect(again.code == "ResourceConflictException")
        #expect(again.message == "Function already exist: f")
    }

    @Test func `deleting answers 204 and is seen at once`() async throws {
        try await lambda.create("f")
        #expect(try await lambda.send("DELETE", "\(path)/f").status == 204)
        #expect(try await lambda.send("GET", "\(path)/f").status == 404)
    }

    @Test func `lists page by marker, versions too where asked`() async throws {
        for name in ["c", "a", "b"] { try await lambda.create(name, [("Publish", true)]) }
        let first = try await lambda.send("GET", "\(path)?MaxItems=2")
        #expect(first["Functions"]?.array?.compactMap { $0["FunctionName"]?.string } == ["a", "b"])
        let marker = try #require(first["NextMarker"]?.string).replacing("=", with: "%3D")
        let second = try await lambda.send("GET", "\(path)?MaxItems=2&Marker=\(marker)")
        #expect(second["Functions"]?.array?.count == 1)
        #expect(second["NextMarker"] == nil)

        var all: [String] = []
        var next = ""
        repeat {
            let page = try await lambda.send("GET", "\(path)?FunctionVersion=ALL&MaxItems=2" + next)
            all += page["Functions"]?.array?.compactMap { $0["FunctionArn"]?.string } ?? []
            next = page["NextMarker"]?.string.map { "&Marker=" + $0.replacing("=", with: "%3D") } ?? ""
        } while !next.isEmpty && all.count < 100
        let names = ["a", "b", "c"].flatMap { ["\($0):$LATEST", "\($0):1"] }
        #expect(all == names.map { "arn:aws:lambda:us-east-1:000000000000:function:\($0)" })
    }

    @Test func `a function is named by name, partial and full ARN`() async throws {
        try await lambda.create("f")
        for name in ["f", "000000000000:function:f", arn, "\(arn):$LATEST"] {
            let encoded = name.replacing(":", with: "%3A").replacing("$", with: "%24")
            #expect(try await lambda.send("GET", "\(path)/\(encoded)/configuration").status == 200, "\(name)")
        }
        let elsewhere = arn.replacing("us-east-1", with: "eu-west-1").replacing(":", with: "%3A")
        #expect(try await lambda.send("GET", "\(path)/\(elsewhere)").code == "ResourceNotFoundException")
        let both = try await lambda.send("GET", "\(path)/f%3A1?Qualifier=2")
        #expect(both.code == "InvalidParameterValueException")
    }

    @Test func `code that is not served is refused, not ignored`() async throws {
        for (member, value) in [
            ("DurableConfig", ["ExecutionTimeout": 60]), ("PackageType", "Image"),
            ("Code", ["S3Bucket": "bucket", "S3Key": "k"]), ("Code", [:]), ("Runtime", "java21"),
            ("Runtime", "python2.7"), ("Handler", .null), ("ImageConfig", ["Command": ["x"]]),
        ] as [(String, JSON)] {
            let answer = try await lambda.send("POST", path, LambdaFixture.function("f", [(member, value)]))
            #expect(answer.status == 400, "\(member) \(value)")
            #expect(answer.code == "InvalidParameterValueException", "\(member) \(value) \(answer)")
        }
    }

    @Test func `every operation that is handled is one that the model serves`() throws {
        let model = try #require(ServiceCatalog.embedded.model(named: "lambda"))
        let handled = LambdaOperations(
            functions: lambda.functions, sources: lambda.sources, links: lambda.links
        ).operations.keys
        for name in handled { #expect(model.operations[name]?.isServed == true, "\(name)") }
        #expect(handled.count == 57)
    }

    @Test func `nobody reaches another account`() async throws {
        try await lambda.create("f")
        let stranger = Principal.administrator(try AccountID("123456789012"))
        let answer = try await lambda.send("GET", "\(path)/f", as: stranger)
        #expect(answer.status == 403)
        #expect(answer.code == "AccessDeniedException")
        let foreign = try await lambda.send("GET", "\(path)/123456789012%3Afunction%3Af")
        #expect(foreign.status == 403)
    }

    private let queue = "arn:aws:sqs:us-east-1:000000000000:q"
}
