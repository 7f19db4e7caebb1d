import Core
import Testing

@Suite struct `Values of a function` {
    @Test(arguments: [
        ("python3.9", Runtime.Family.python, "3.9"), ("python3.14", .python, "3.14"), ("nodejs20.x", .node, "20"),
        ("provided.al2023", .provided, ""),
    ])
    func `a served runtime says what starts it`(name: String, family: Runtime.Family, interpreter: String) throws {
        let runtime = try Runtime(name)
        #expect(runtime.family == family)
        #expect(runtime.interpreter == interpreter)
    }

    @Test func `old, foreign and unknown runtimes are told apart`() {
        #expect(throws: ConfigurationError.runtimeDeprecated("python2.7")) { try Runtime("python2.7") }
        #expect(throws: ConfigurationError.runtimeNotServed("java21")) { try Runtime("java21") }
        #expect(throws: ConfigurationError.runtimeUnknown("nodejs17.x")) { try Runtime("nodejs17.x") }
        #expect(throws: ConfigurationError.runtimeUnknown("")) { try Runtime("") }
    }

    @Test func `a processor share follows memory or the tag`() throws {
        #expect(ProcessorShare(proportionalTo: try MemorySize(megabytes: 1769)).cores == 1)
        #expect(try ProcessorShare("0.5").cores == 0.5)
        for text in ["", "0", "-1", "1e3", "0x1", "nan", "inf", "1 ", ".", "1.2.3", "257"] {
            #expect(throws: ConfigurationError.processorShareMalformed(text)) { try ProcessorShare(text) }
        }
    }

    @Test func `an environment refuses what the platform sets and what is too much`() {
        #expect(throws: ConfigurationError.environmentReserved(["AWS_REGION", "_HANDLER"])) {
            try FunctionEnvironment(["AWS_REGION": "x", "_HANDLER": "y", "OK": "z"])
        }
        #expect(throws: ConfigurationError.environmentNameMalformed("1A")) { try FunctionEnvironment(["1A": ""]) }
        #expect(throws: ConfigurationError.environmentNameMalformed("A=B")) { try FunctionEnvironment(["A=B": ""]) }
        #expect(throws: ConfigurationError.environmentValueMalformed(name: "AB")) {
            try FunctionEnvironment(["AB": "a\0b"])
        }
        #expect(throws: ConfigurationError.environmentTooLarge(bytes: 4097, limit: 4096)) {
            try FunctionEnvironment(["AB": String(repeating: "x", count: 4095)])
        }
    }

    @Test func `an environment does not print its values`() throws {
        let environment = try FunctionEnvironment(["SECRET": "hunter2"])
        #expect(!"\(environment)".contains("hunter2"))
        #expect(!String(reflecting: environment).contains("hunter2"))
    }

    @Test(arguments: [
        "", "layer", "arn:aws:lambda:us-east-1:000000000000:layer:x", "arn:aws:lambda:us-east-1:000000000000:layer:x:0",
        "arn:aws:lambda:us-east-1:000000000000:layer:x:01", "arn:aws:s3:us-east-1:000000000000:layer:x:1",
        "arn:aws:lambda:us-east-1:1:layer:x:1", "arn:aws:lambda:us-east-1:000000000000:layer:../x:1",
    ])
    func `a text that names no layer version is refused`(text: String) {
        #expect(throws: ConfigurationError.layerMalformed(text)) { try LayerReference(text) }
    }

    @Test func `a role is an ARN of IAM`() throws {
        #expect(try RoleARN("arn:aws:iam::123456789012:role/service-role/r").account.text == "123456789012")
        for text in ["", "role/r", "arn:aws:iam::123456789012:user/u", "arn:aws:iam::123456789012:role/"] {
            #expect(throws: ConfigurationError.roleMalformed(text)) { try RoleARN(text) }
        }
    }

    @Test func `levels go only with JSON lines`() throws {
        #expect(throws: ConfigurationError.logLevelNeedsJSON) {
            try LoggingConfiguration(format: .text, applicationLevel: .debug, group: "/x")
        }
        #expect(try LoggingConfiguration(format: .json, group: "/x").systemLevel == .info)
    }
}

@Suite struct `Routing of an alias` {
    @Test func `a weight sends its part to the other version`() throws {
        let routing = try VersionRouting(.published(1), weights: [2: 0.25])
        #expect(routing.version(drawing: 0) == .published(2))
        #expect(routing.version(drawing: 0.2499) == .published(2))
        #expect(routing.version(drawing: 0.25) == .published(1))
    }

    @Test func `no weight, one version`() throws {
        #expect(try VersionRouting(.latest, weights: [:]).version(drawing: 0) == .latest)
    }

    @Test func `weights that make no sense are refused`() {
        for weights in [[1: 0.5], [2: 1.5], [2: -0.1], [2: 0.1, 3: 0.1], [2: .nan], [0: 0.5]] as [[Int: Double]] {
            #expect(throws: ConfigurationError.routingMalformed) { try VersionRouting(.published(1), weights: weights) }
        }
        #expect(throws: ConfigurationError.routingMalformed) { try VersionRouting(.latest, weights: [2: 0.5]) }
    }
}

@Test func `tags name the channels that hear of results, the more exact one first`() throws {
    let both = ResultChannels(tags: ["martlet:channel": "all", "martlet:channel-on-failure": "alerts", "other": "x"])
    #expect(both.onSuccess?.text == "all")
    #expect(both.onFailure?.text == "alerts")
    let fine = try TopicName("fine")
    #expect(ResultChannels(tags: ["martlet:channel-on-success": "fine"]) == ResultChannels(onSuccess: fine))
    #expect(ResultChannels(tags: ["a": "b"]).isEmpty)
    for text in ["", "a b", "ordered.fifo", "arn:aws:sns:us-east-1:000000000000:x", String(repeating: "x", count: 257)]
    {
        #expect(throws: NameError.self) { try ResultChannels.topic(text) }
    }
}
