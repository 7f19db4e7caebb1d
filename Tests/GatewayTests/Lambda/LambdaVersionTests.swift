import Core
import Testing

@testable import Gateway

@Suite struct LambdaVersionTests {
    let lambda = LambdaFixture()
    let path = LambdaFixture.functionsPath + "/f"
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f"

    @Test func `publishing twice gives the same version`() async throws {
        try await lambda.create("f")
        let one = try await lambda.send("POST", "\(path)/versions", ["Description": "first"])
        #expect(one.status == 201)
        #expect(one["Version"] == "1")
        #expect(one["FunctionArn"] == .string("\(arn):1"))
        #expect(one["Description"] == "first")
        let same = try await lambda.send("POST", "\(path)/versions", [:])
        #expect(same["Version"] == "1")
        try await lambda.send("PUT", "\(path)/code", ["ZipFile": LambdaFixture.zip("other")])
        let wrong = try await lambda.send("POST", "\(path)/versions", ["CodeSha256": "x"])
        #expect(wrong.code == "InvalidParameterValueException")
        let two = try await lambda.send("POST", "\(path)/versions", [:])
        #expect(two["Version"] == "2")
        let list = try await lambda.send("GET", "\(path)/versions?MaxItems=10000")
        #expect(
            list["Versions"]?.array?.compactMap { $0["FunctionArn"]?.string }
                == ["\(arn):$LATEST", "\(arn):1", "\(arn):2"])
    }

    @Test func `publishing with the code gives the version`() async throws {
        let made = try await lambda.create("f", [("Publish", true)])
        #expect(made["FunctionArn"] == .string("\(arn):1"))
        let update: JSON = ["ZipFile": LambdaFixture.zip("other"), "Publish": true]
        #expect(try await lambda.send("PUT", "\(path)/code", update)["Version"] == "2")
        let dry: JSON = ["ZipFile": LambdaFixture.zip("third"), "Publish": true, "DryRun": true]
        #expect(try await lambda.send("PUT", "\(path)/code", dry).status == 200)
        #expect(try await lambda.send("GET", "\(path)/versions")["Versions"]?.array?.count == 3)
    }

    @Test func `an alias is made, moved, split and deleted`() async throws {
        try await lambda.create("f", [("Publish", true)])
        try await lambda.send("PUT", "\(path)/code", ["ZipFile": LambdaFixture.zip("other"), "Publish": true])
        let made = try await lambda.send("POST", "\(path)/aliases", ["Name": "live", "FunctionVersion": "1"])
        #expect(made.status == 201)
        #expect(made["AliasArn"] == .string("\(arn):live"))
        #expect(made["RoutingConfig"] == nil)
        #expect(
            try await lambda.send("POST", "\(path)/aliases", ["Name": "live", "FunctionVersion": "1"]).status == 409)
        let split = try await lambda.send(
            "PUT", "\(path)/aliases/live",
            ["RoutingConfig": ["AdditionalVersionWeights": ["2": .number(JSONNumber(1))]]])
        #expect(split["RoutingConfig"]?["AdditionalVersionWeights"]?["2"]?.double == 1)
        #expect(split["FunctionVersion"] == "1")
        let plain = try await lambda.send("PUT", "\(path)/aliases/live", ["RoutingConfig": [:]])
        #expect(plain["RoutingConfig"] == nil)
        let by = try await lambda.send("GET", "\(path)?Qualifier=live")
        #expect(by["Configuration"]?["FunctionArn"] == .string("\(arn):live"))
        #expect(by["Configuration"]?["Version"] == "1")
        #expect(try await lambda.send("DELETE", "\(path)?Qualifier=1").code == "ResourceConflictException")
        #expect(try await lambda.send("GET", "\(path)/aliases?FunctionVersion=2")["Aliases"] == [])
        #expect(try await lambda.send("DELETE", "\(path)/aliases/live").status == 204)
        #expect(try await lambda.send("DELETE", "\(path)/aliases/live").status == 204)
        #expect(try await lambda.send("GET", "\(path)/aliases/live").code == "ResourceNotFoundException")
        #expect(try await lambda.send("DELETE", "\(path)?Qualifier=1").status == 204)
    }

    @Test func `permissions make a policy`() async throws {
        try await lambda.create("f")
        #expect(try await lambda.send("GET", "\(path)/policy").status == 404)
        let statement: JSON = [
            "StatementId": "s3", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com",
            "SourceArn": "arn:aws:s3:::bucket", "SourceAccount": "000000000000",
        ]
        let added = try await lambda.send("POST", "\(path)/policy", statement)
        #expect(added.status == 201)
        #expect(try await lambda.send("POST", "\(path)/policy", statement).code == "ResourceConflictException")
        let found = try await lambda.send("GET", "\(path)/policy")
        let policy = try JSON(parsing: Array(try #require(found["Policy"]?.string).utf8))
        #expect(policy["Statement"]?.array?.first?["Resource"] == .string(arn))
        #expect(policy["Statement"]?.array?.first?.text == added["Statement"]?.string)
        let latest = try await lambda.send("POST", "\(path)/policy?Qualifier=%24LATEST", statement)
        #expect(latest.code == "InvalidParameterValueException")
        #expect(try await lambda.send("DELETE", "\(path)/policy/none").code == "ResourceNotFoundException")
        #expect(try await lambda.send("DELETE", "\(path)/policy/s3?RevisionId=x").status == 412)
        #expect(try await lambda.send("DELETE", "\(path)/policy/s3").status == 204)
        #expect(try await lambda.send("GET", "\(path)/policy").status == 404)
    }

    @Test func `concurrency is reserved within the account`() async throws {
        try await lambda.create("f")
        let (write, read) = ("/2017-10-31/functions/f/concurrency", "/2019-09-30/functions/f/concurrency")
        #expect(try await lambda.send("GET", read).body == [:])
        let much = try await lambda.send("PUT", write, ["ReservedConcurrentExecutions": 901])
        #expect(much.code == "InvalidParameterValueException")
        #expect(try await lambda.send("PUT", write, ["ReservedConcurrentExecutions": 0]).status == 200)
        #expect(try await lambda.send("PUT", write, ["ReservedConcurrentExecutions": 900]).status == 200)
        #expect(try await lambda.send("GET", read)["ReservedConcurrentExecutions"] == 900)
        #expect(
            try await lambda.send("GET", path)["Concurrency"] == ["ReservedConcurrentExecutions": 900])
        let settings = try await lambda.send("GET", "/2016-08-19/account-settings")
        #expect(settings["AccountLimit"]?["UnreservedConcurrentExecutions"] == 100)
        #expect(settings["AccountUsage"]?["FunctionCount"] == 1)
        #expect(try await lambda.send("DELETE", write).status == 204)
    }

    @Test func `asynchronous calls are configured`() async throws {
        try await lambda.create("f")
        let path = "/2019-09-25/functions/f/event-invoke-config"
        #expect(try await lambda.send("GET", path).code == "ResourceNotFoundException")
        #expect(try await lambda.send("PUT", path, [:]).code == "InvalidParameterValueException")
        let queue: JSON = "arn:aws:sqs:us-east-1:000000000000:q"
        let put = try await lambda.send(
            "PUT", path, ["MaximumRetryAttempts": 0, "DestinationConfig": ["OnFailure": ["Destination": queue]]])
        #expect(put["FunctionArn"] == .string("\(arn):$LATEST"))
        #expect(put["DestinationConfig"]?["OnFailure"]?["Destination"] == queue)
        let updated = try await lambda.send("POST", path, ["MaximumEventAgeInSeconds": 60])
        #expect(updated["MaximumRetryAttempts"] == 0)
        #expect(updated["MaximumEventAgeInSeconds"] == 60)
        let list = try await lambda.send("GET", "\(path)/list")
        #expect(list["FunctionEventInvokeConfigs"]?.array?.count == 1)
        #expect(try await lambda.send("DELETE", path).status == 204)
        #expect(try await lambda.send("DELETE", path).status == 404)
    }

    @Test func `tags are listed, set and removed`() async throws {
        try await lambda.create("f", [("Tags", ["a": "1"])])
        let path = "/2017-03-31/tags/" + arn.replacing(":", with: "%3A")
        #expect(try await lambda.send("POST", path, ["Tags": ["b": "2", "martlet:cpu": "0.5"]]).status == 204)
        #expect(try await lambda.send("GET", path)["Tags"] == ["a": "1", "b": "2", "martlet:cpu": "0.5"])
        #expect(try await lambda.send("POST", path, ["Tags": ["martlet:cpu": "lots"]]).status == 400)
        #expect(try await lambda.send("DELETE", "\(path)?tagKeys=a&tagKeys=martlet%3Acpu").status == 204)
        #expect(try await lambda.send("GET", path)["Tags"] == ["b": "2"])
    }

    @Test func `what is not there yet answers as AWS does`() async throws {
        try await lambda.create("f")
        let signing = try await lambda.send("GET", "/2020-06-30/functions/f/code-signing-config")
        #expect(signing.body == ["FunctionName": "f"])
        #expect(try await lambda.send("GET", "/2021-10-31/functions/f/url").code == "ResourceNotFoundException")
        #expect(try await lambda.send("GET", "/2021-10-31/functions/f/urls").body == ["FunctionUrlConfigs": []])
        let provisioned = "/2019-09-30/functions/f/provisioned-concurrency"
        #expect(
            try await lambda.send("GET", "\(provisioned)?Qualifier=%24LATEST").code
                == "ProvisionedConcurrencyConfigNotFoundException")
        #expect(
            try await lambda.send("PUT", "\(provisioned)?Qualifier=1", ["ProvisionedConcurrentExecutions": 1]).status
                == 400)
        #expect(try await lambda.send("GET", "\(provisioned)?List=ALL").status == 200)
        let runtime = try await lambda.send("GET", "/2021-07-20/functions/f/runtime-management-config")
        #expect(runtime["UpdateRuntimeOn"] == "Auto")
        let recursion = "/2024-08-31/functions/f/recursion-config"
        #expect(try await lambda.send("GET", recursion)["RecursiveLoop"] == "Terminate")
        try await lambda.send("PUT", recursion, ["RecursiveLoop": "Allow"])
        #expect(try await lambda.send("GET", recursion)["RecursiveLoop"] == "Allow")
    }
}
