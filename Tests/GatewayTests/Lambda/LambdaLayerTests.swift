import Core
import Testing

@testable import Gateway

@Suite struct LambdaLayerTests {
    let lambda = LambdaFixture()
    let path = "/2018-10-31/layers/tools/versions"
    let arn = "arn:aws:lambda:us-east-1:000000000000:layer:tools"

    func publish(_ text: String) async throws -> LambdaFixture.Answer {
        try await lambda.send(
            "POST", path,
            [
                "Content": ["ZipFile": LambdaFixture.zip(text)], "Description": "d",
                "CompatibleRuntimes": ["python3.11"],
            ])
    }

    @Test func `a layer is published, read and listed`() async throws {
        let made = try await publish("one")
        #expect(made.status == 201)
        #expect(made["LayerArn"] == .string(arn))
        #expect(made["LayerVersionArn"] == .string("\(arn):1"))
        #expect(made["Version"] == 1)
        let location = try #require(made["Content"]?["Location"]?.string)
        #expect(location.hasPrefix("http://127.0.0.1:4566/martlet/code/000000000000/layer/tools/1?"))
        let found = try await lambda.send("GET", "\(path)/1")
        #expect(found["Content"]?["CodeSha256"] == made["Content"]?["CodeSha256"])
        let by = try await lambda.send(
            "GET", "/2018-10-31/layers?find=LayerVersion&Arn=" + "\(arn):1".replacing(":", with: "%3A"))
        #expect(by["LayerVersionArn"] == .string("\(arn):1"))
        let layers = try await lambda.send("GET", "/2018-10-31/layers?CompatibleRuntime=python3.11")
        #expect(layers["Layers"]?.array?.first?["LatestMatchingVersion"]?["Version"] == 1)
        #expect(try await lambda.send("GET", "/2018-10-31/layers?CompatibleRuntime=nodejs20.x")["Layers"] == [])
        #expect(try await lambda.send("GET", path)["LayerVersions"]?.array?.count == 1)
        #expect(try await lambda.send("DELETE", "\(path)/1").status == 204)
        #expect(try await lambda.send("DELETE", "\(path)/1").status == 204)
        #expect(try await lambda.send("GET", "\(path)/1").code == "ResourceNotFoundException")
    }

    @Test func `a function shows its layers`() async throws {
        _ = try await publish("one")
        let made = try await lambda.create("f", [("Layers", [.string("\(arn):1")])])
        #expect(made["Layers"]?.array?.first?["Arn"] == .string("\(arn):1"))
        #expect((made["Layers"]?.array?.first?["CodeSize"]?.integer ?? 0) > 0)
        let configuration = LambdaFixture.functionsPath + "/f/configuration"
        let missing = try await lambda.send("PUT", configuration, ["Layers": [.string("\(arn):2")]])
        #expect(missing.message == "Layer version \(arn):2 does not exist.")
        #expect(try await lambda.send("PUT", configuration, ["Layers": []])["Layers"] == nil)
    }

    @Test func `a layer is shared by its policy`() async throws {
        _ = try await publish("one")
        #expect(try await lambda.send("GET", "\(path)/1/policy").status == 404)
        let statement: JSON = ["StatementId": "all", "Action": "lambda:GetLayerVersion", "Principal": "*"]
        let added = try await lambda.send("POST", "\(path)/1/policy", statement)
        #expect(added.status == 201)
        let found = try await lambda.send("GET", "\(path)/1/policy")
        #expect(found["RevisionId"] == added["RevisionId"])
        #expect(found["Policy"]?.string?.contains("\"Principal\":\"*\"") == true)
        #expect(try await lambda.send("DELETE", "\(path)/1/policy/all").status == 204)
        #expect(try await lambda.send("DELETE", "\(path)/1/policy/all").status == 404)
    }
}
