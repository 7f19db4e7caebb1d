import Vault

@testable import Core

extension FuzzTarget {
    /// JSON, names and the small texts that headers carry.
    static let core = [json, names, identifiers, base64]

    private static let json = FuzzTarget(
        "json",
        texts: [
            #"{"a":[1,-2.5e+10,true,false,null,"é\n\u00e9\ud83d\ude00"],"b":{"":{}}}"#, "[[[[[[1e999]]]]]]", " 0.10 ",
            #""\ud800""#, #"{"a":1,"a":2}"#, "[1,]", "\u{FEFF}1",
        ]
    ) { bytes in
        guard let value = accepted({ try JSON(parsing: bytes) }) else { return }
        let written = value.serialized
        guard let again = accepted({ try JSON(parsing: written) }) else {
            return require(false, "does not read itself")
        }
        require(again == value)
        require(again.serialized == written)
        visit(value)
    }

    private static func visit(_ value: JSON) {
        if let number = value.integer { require(value.double == Double(number) || number.magnitude > 1 << 53) }
        for element in value.array ?? [] { visit(element) }
        for member in value.object?.members ?? [] {
            require(value[member.key] != nil)
            visit(member.value)
        }
    }

    private static let names = FuzzTarget(
        "names",
        texts: [
            "arn:aws:lambda:us-east-1:000000000000:function:orders:live", "123456789012:function:orders:1",
            "orders:$LATEST",
            "arn:aws:lambda:us-east-1:000000000000:layer:tools:3", "arn:aws:iam::000000000000:role/service-role/worker",
            "us-east-1", "123456789012", "0\u{301}00000000000", "python3.13", "provided.al2023",
        ]
    ) { bytes in
        let text = bytes.text
        let isName = { (text: String) in text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !text.isEmpty }
        if let account = accepted({ try AccountID(text) }) {
            require(account.text.utf8.count == 12 && account.text.utf8.allSatisfy { (0x30...0x39).contains($0) })
        }
        if let name = accepted({ try FunctionName(text) }) { require(isName(name.text)) }
        if let region = accepted({ try Region(text) }) { require(isName(region.text)) }
        if let alias = accepted({ try AliasName(text) }) { require(isName(alias.text)) }
        if let arn = accepted({ try ARN(text) }) {
            require(arn.description.utf8.elementsEqual(text.utf8))
            require(accepted { try ARN(arn.description) } == arn)
        }
        if let qualifier = accepted({ try Qualifier(text) }) {
            require(accepted { try Qualifier(qualifier.description) } == qualifier)
        }
        if let reference = accepted({ try FunctionReference(text) }) { require(isName(reference.name.text)) }
        if let layer = accepted({ try LayerReference(text) }) {
            require(accepted { try LayerReference(layer.description) } == layer)
        }
        if let role = accepted({ try RoleARN(text) }) { require(accepted { try RoleARN(role.text) } == role) }
        if let number = VersionNumber(text) { require(VersionNumber(rawValue: number.rawValue) == number) }
        if let runtime = accepted({ try Runtime(text) }) {
            require(accepted { try Runtime(runtime.description) } == runtime)
        }
        _ = accepted { try ProcessorShare(text) }
    }

    private static let identifiers = FuzzTarget(
        "identifiers",
        texts: [
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "123e4567-e89b-42d3-a456-426614174000", "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what",
        ]
    ) { bytes in
        let text = bytes.text
        if let trace = TraceContext(traceparent: text) {
            require(TraceContext(traceparent: trace.traceparent) == trace)
            require(TraceContext(amazon: trace.amazon) == trace)
        }
        if let trace = TraceContext(amazon: text) { require(TraceContext(amazon: trace.amazon) == trace) }
        if let id = RequestID(text) { require(RequestID(id.description) == id) }
        if let id = LineageID(text) { require(LineageID(id.description) == id) }
    }

    private static let base64 = FuzzTarget("base64", texts: ["aGVsbG8=", "aGVsbG8", "/+==", "0aF9"]) { bytes in
        require(Base64.decode(Base64.encode(bytes)) == bytes)
        if let decoded = Base64.decode(bytes.text) { require(Base64.decode(Base64.encode(decoded)) == decoded) }
        require(Hex.bytes(of: Hex.text(of: bytes).utf8) == bytes)
        if let decoded = Hex.bytes(of: bytes) { require(Hex.text(of: decoded) == bytes.text.lowercased()) }
    }
}
