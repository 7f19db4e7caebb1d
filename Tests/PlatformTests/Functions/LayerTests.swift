import Core
import Platform
import Storage
import Testing

@Suite struct LayerTests {
    let fixture = FunctionFixture()
    var functions: Functions { fixture.functions }
    var account: AccountID { fixture.account }

    func publish(_ text: String, runtimes: [String] = []) async throws -> LayerDescription {
        try await functions.publishLayer(
            NewLayer(name: LayerName("tools"), archive: FunctionFixture.zip(text), runtimes: runtimes), in: account)
    }

    func use(_ layers: [LayerReference]) async throws -> FunctionVersion {
        try await functions.updateConfiguration(of: FunctionName("f"), expecting: nil, in: account) {
            $0.layers = layers
        }
    }

    @Test func `a function gets its layers in order`() async throws {
        let (one, two) = (try await publish("one").reference, try await publish("two").reference)
        #expect(two.version == 2)
        try await fixture.create("f")
        await #expect(throws: FunctionError.configuration(.layerRepeated(one.layerARN))) {
            try await use([one, two])
        }
        let version = try await use([two])
        #expect(try await functions.layerCode(of: version) == [FunctionFixture.zip("two")])
    }

    @Test func `a deleted layer still serves those who use it, and goes with the last of them`() async throws {
        let one = try await publish("one").reference
        try await fixture.create("f")
        let version = try await use([one])
        try await functions.deleteLayer(one.name, version: 1, in: account)
        await #expect(throws: FunctionError.self) { try await functions.layer(one.name, version: 1, in: account) }
        #expect(try await functions.layerCode(of: version) == [FunctionFixture.zip("one")])
        _ = try await functions.updateConfiguration(of: FunctionName("f"), expecting: nil, in: account) {
            $0.description = "other"
        }
        #expect(fixture.blobs.count == 2)
        _ = try await use([])
        #expect(fixture.blobs.count == 1)
        await #expect(throws: FunctionError.layerNotUsable(arn: one.description)) { try await use([one]) }
    }

    @Test func `a deleted layer that nobody uses is gone, and its number with it`() async throws {
        let one = try await publish("one").reference
        try await functions.deleteLayer(one.name, version: 1, in: account)
        try await functions.deleteLayer(one.name, version: 1, in: account)
        #expect(fixture.blobs.count == 0)
        #expect(try await publish("one").reference.version == 2)
    }

    @Test func `layers are listed by what they fit`() async throws {
        _ = try await publish("one", runtimes: ["python3.11"])
        _ = try await publish("two", runtimes: ["nodejs20.x"])
        let name = try LayerName("tools")
        let list = try await functions.listLayers(
            runtime: "python3.11", architecture: nil, after: nil, limit: 10, in: account)
        #expect(list.elements.map(\.reference.version) == [1])
        let versions = try await functions.listLayerVersions(
            of: name, runtime: nil, architecture: nil, after: nil, limit: 1, in: account)
        #expect(versions.elements.map(\.reference.version) == [2])
        let more = try await functions.listLayerVersions(
            of: name, runtime: nil, architecture: nil, after: versions.next, limit: 1, in: account)
        #expect(more.elements.map(\.reference.version) == [1])
        #expect(more.next == nil)
    }

    @Test func `five layers are the most`() async throws {
        try await fixture.create("f")
        let layers = try (1...6).map { try LayerReference("arn:aws:lambda:us-east-1:000000000000:layer:l\($0):1") }
        await #expect(throws: FunctionError.configuration(.tooManyLayers(limit: 5))) { try await use(layers) }
        await #expect(throws: FunctionError.layerNotUsable(arn: layers[0].description)) { try await use([layers[0]]) }
    }
}
