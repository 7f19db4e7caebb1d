import Core
import Testing

@testable import StatesLanguage

/// The files around a distributed map: manifests that list what is read, and results that are written.
struct MapFileTests {
    @Test func `an inventory names its files and their columns`() throws {
        let text = #"""
            {"sourceBucket":"s","destinationBucket":"arn:aws:s3:::lists","fileFormat":"CSV","fileSchema":"Bucket, Key, Size",
            "files":[{"key":"a.csv.gz","size":1},{"key":"b.csv","size":2}]}
            """#
        let manifest = try ItemManifest(Array(text.utf8), type: "S3_INVENTORY")
        #expect(manifest.files.map(\.bucket) == ["lists", "lists"])
        #expect(manifest.files.map(\.isPacked) == [true, false])
        var own = ItemReader.Configuration()
        own.inputType = "MANIFEST"
        let configuration = manifest.configuration(own)
        let items = try ItemData.items(in: Array("b,k,1\n".utf8), configuration)
        #expect(items == [["Bucket": "b", "Key": "k", "Size": "1"]])
        // The manifest itself holds no items.
        #expect(throws: StateFailure.self) { try ItemData.items(in: Array("[]".utf8), own) }
    }

    @Test func `a manifest of Athena has a location in each line`() throws {
        let manifest = try ItemManifest(Array("s3://b/a/1.json\r\n\"s3://c/2\"\n".utf8), type: "ATHENA_DATA")
        #expect(manifest.files == [.init(bucket: "b", key: "a/1.json"), .init(bucket: "c", key: "2")])
    }

    @Test(arguments: [
        ("S3_INVENTORY", "{}"), ("S3_INVENTORY", #"{"fileFormat":"ORC"}"#),
        ("S3_INVENTORY", #"{"fileFormat":"CSV","destinationBucket":"b","fileSchema":"K","files":[{}]}"#),
        ("ATHENA_DATA", "b/key"), ("ATHENA_DATA", "s3://b"), ("ATHENA_DATA", "s3:///k"), ("OTHER", ""),
    ])
    func `what is no manifest fails`(type: String, text: String) throws {
        let failure = try #require(throws: StateFailure.self) { try ItemManifest(Array(text.utf8), type: type) }
        #expect(failure.error == ErrorName.itemReaderFailed)
    }

    @Test func `members of an object are items with their keys`() throws {
        var player = Player(
            try StateMachine(
                parsing: """
                    {"StartAt":"A","States":{"A":{"Type":"Map","ItemSelector":{"k.$":"$$.Map.Item.Key",
                    "v.$":"$$.Map.Item.Value","s.$":"$$.Map.Item.Source"},"End":true,"ItemProcessor":{"ProcessorConfig":
                    {"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"I","States":{"I":{"Type":"Succeed"}}}}}}
                    """), input: ["a": 1, "b": [2]])
        player.play()
        let expected: JSON = [
            ["k": "a", "v": 1, "s": "STATE_DATA"], ["k": "b", "v": [2], "s": "STATE_DATA"],
        ]
        #expect(player.execution.status == .succeeded(expected))
    }

    private static let children = [
        MapResults.Child(
            arn: "arn:1", name: "1", machine: "m", status: "SUCCEEDED", input: 1, output: [1, 2],
            startedAt: Instant(milliseconds: 0), stoppedAt: Instant(milliseconds: 1)),
        MapResults.Child(arn: "arn:2", name: "2", machine: "m", status: "TIMED_OUT", input: 2, error: "E", cause: "c"),
        MapResults.Child(arn: "arn:3", name: "3", machine: "m", status: "PENDING", input: 3),
    ]

    private static func writer(_ transformation: String?, _ type: String? = nil) -> ResultWriter {
        ResultWriter(resource: nil, parameters: nil, transformation: transformation, outputType: type)
    }

    @Test(arguments: [
        (nil, "[[1,2],3]"), (writer("COMPACT"), "[[1,2],3]"), (writer("FLATTEN"), "[1,2,3]"),
        (writer("FLATTEN", "JSONL"), #""1\n2\n3""#),
    ])
    func `results are put together as the writer says`(writer: ResultWriter?, expected: String) {
        let other = MapResults.Child(arn: "", name: "", machine: "", status: "SUCCEEDED", input: 0, output: 3)
        #expect(MapResults([Self.children[0], other], writer: writer).output.text == expected)
    }

    @Test func `results are written by how they ended, with a manifest`() throws {
        let run = "arn:aws:states:r:1:mapRun:m/l:id"
        var results = MapResultFiles(run: run, bucket: "b", prefix: "p", writer: nil)
        #expect(Self.children.allSatisfy { results.add($0) == nil })
        let files = results.finish()
        #expect(
            files.map(\.key) == [
                "p/id/SUCCEEDED_0.json", "p/id/FAILED_0.json", "p/id/PENDING_0.json", "p/id/manifest.json",
            ])
        #expect(results.output["ResultWriterDetails"] == ["Bucket": "b", "Key": "p/id/manifest.json"])
        let succeeded = try JSON(parsing: files[0].bytes)
        #expect(succeeded.array?.first?["Output"] == "[1,2]")
        let manifest = try JSON(parsing: files[3].bytes)
        #expect(manifest["ResultFiles"]?["FAILED"]?.array?.count == 1)
    }

    @Test func `a file that is full is written before the next result is taken`() throws {
        var results = MapResultFiles(run: "r", bucket: "b", prefix: "", writer: Self.writer("COMPACT"), fileBytes: 1)
        #expect(results.add(Self.children[0]) == nil)
        #expect(results.add(Self.children[0])?.key == "r/SUCCEEDED_0.json")
        let files = results.finish()
        #expect(files.map(\.key) == ["r/SUCCEEDED_1.json", "r/manifest.json"])
        let manifest = try JSON(parsing: files[1].bytes)
        #expect(manifest["ResultFiles"]?["SUCCEEDED"]?.array?.count == 2)
        #expect(manifest["ResultFiles"]?["PENDING"] == [])
    }
}
