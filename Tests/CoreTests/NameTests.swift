import Core
import Testing

@Test func `a function reference is read in all three forms`() throws {
    let name = try FunctionName("orders")
    #expect(try FunctionReference("orders") == FunctionReference(name: name))
    #expect(try FunctionReference("orders:7").qualifier == .version(7))
    #expect(try FunctionReference("123456789012:function:orders:live").qualifier == .alias(AliasName("live")))
    let full = try FunctionReference("arn:aws:lambda:us-east-1:123456789012:function:orders:$LATEST")
    #expect(full.name == name)
    #expect(full.account?.text == "123456789012")
    #expect(full.qualifier == .latest)
}

@Test(arguments: [
    "", "a/../b", "a b", "arn:aws:s3:::x", "x:function:y", "é", String(repeating: "a", count: 65), "a:b:c:d:e",
])
func `a text that names no function is refused`(text: String) {
    #expect(throws: NameError.self) { try FunctionReference(text) }
}

@Test func `a digit with an accent is no digit of an account`() {
    #expect(throws: NameError.self) { try AccountID("0\u{301}000000000") }
    #expect(throws: NameError.self) { try AccountID("00000000\u{665}00") }
    #expect(throws: NameError.self) { try FunctionReference("0\u{301}000000000:function:orders") }
}

@Test func `a trace survives both header forms`() throws {
    let trace = TraceContext()
    #expect(TraceContext(traceparent: trace.traceparent) == trace)
    #expect(TraceContext(amazon: trace.amazon) == trace)
    #expect(trace.child().traceLow == trace.traceLow)
}

@Test(arguments: [
    "", "00-0-0-0", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
])
func `a broken traceparent starts no trace`(header: String) {
    #expect(TraceContext(traceparent: header) == nil)
}

@Test func `random numbers do not repeat, from however many tasks they are drawn`() async {
    let drawn = await withTaskGroup(of: [UInt64].self) { group in
        for _ in 0..<8 { group.addTask { (0..<1000).map { _ in PooledRandom().next() } } }
        return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(drawn).count == 8000)
}
