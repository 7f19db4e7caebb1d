import Foundation
import Platform
import Testing
import Vault

@testable import martlet

private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.path + "/martlet-settings-\(UUID().uuidString).yaml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
}

@Test func `flags win over the file, and the file over nothing`() throws {
    try withFile("data-dir: /srv/a\nmemory-budget: 512\n") { path in
        let file = try ServerSettings.read(path)
        let settings = ServerSettings(memoryBudget: 256).over(file)
        #expect(settings.dataDir == "/srv/a")
        #expect(settings.memoryBudget == 256)
        #expect(settings.listen == nil)
    }
}

@Test func `a name that is no setting is a mistake and is named`() throws {
    try withFile("data-dri: /srv/a\n") { path in
        #expect(throws: SettingsError.self) { try ServerSettings.read(path) }
    }
    try withFile("") { path in
        let settings = try ServerSettings.read(path)
        #expect(settings == ServerSettings())
    }
}

@Test(arguments: [
    ("listen: [1", "parser"), ("concurrency: lots", "'concurrency' must be a number."),
    ("- 1", "not a list of settings"),
])
func `a file that cannot be read says where and why`(text: String, reason: String) throws {
    try withFile(text) { path in
        let error = #expect(throws: SettingsError.self) { try ServerSettings.read(path) }
        let words = error.map { "\($0)" } ?? ""
        #expect(words.hasPrefix(path + ": ") && words.contains(reason), "\(words)")
    }
}

@Test(arguments: [
    (ServerSettings(account: "12"), "--account 12: expected 12 characters."),
    (ServerSettings(region: "!"), "--region !: expected no '!'."),
    (ServerSettings(runtimes: "/nowhere"), "--runtimes /nowhere: expected a folder."),
    (ServerSettings(idleSeconds: -1), "--idle-seconds -1: expected 0 or more."),
])
func `a setting that makes no sense is refused in words`(settings: ServerSettings, words: String) {
    let error = #expect(throws: SettingsError.self) { try ServerPlan(settings) }
    #expect(error.map { "\($0)" } == words)
}

@Test func `a root key that others may read says what to do`() {
    let words = KeySourceWords.reason(.exposed(path: "/k", mode: 0o644))
    #expect(words == "others than its owner may read /k (mode 0644); run: chmod 600 /k")
}

@Test(arguments: ["127.0.0.1", ":80", "127.0.0.1:99999", "127.0.0.1:x"])
func `an address without a usable port is refused`(listen: String) {
    #expect(throws: SettingsError.self) { try ServerPlan(ServerSettings(listen: listen)) }
}

@Test func `a start may take a number of seconds, ten where nothing is said`() throws {
    #expect(try ServerPlan(ServerSettings()).pool.initTime == .seconds(10))
    #expect(try ServerPlan(ServerSettings(initSeconds: 2)).pool.initTime == .seconds(2))
    #expect(throws: SettingsError.self) { try ServerPlan(ServerSettings(initSeconds: 0)) }
}

@Test func `an IPv6 address is taken in brackets`() throws {
    let plan = try ServerPlan(ServerSettings(listen: "[::1]:4570"))
    #expect(plan.host == "::1")
    #expect(plan.port == 4570)
}

@Test(arguments: ["nothing", "file", "fd:2", "fd:x", "url:http://x"])
func `a root key from nowhere is refused`(source: String) {
    #expect(throws: SettingsError.self) { try ServerPlan(ServerSettings(rootKey: source)) }
}
