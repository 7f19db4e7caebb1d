import Foundation
import Testing

@testable import Vault

@Suite struct KeySourceTests {
    func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/martlet-vault-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func `a created key file is private and gives the same key again`() throws {
        try withFolder { folder in
            let path = folder + "/root.key"
            let key = try RootKey.create(file: path)
            #expect(try KeySource.file(path: path).load().fingerprint == key.fingerprint)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["root.key"])
        }
    }

    @Test func `an existing key file is never replaced`() throws {
        try withFolder { folder in
            let path = folder + "/root.key"
            let key = try RootKey.create(file: path)
            #expect(throws: KeySourceError.exists(path: path)) { try RootKey.create(file: path) }
            #expect(try KeySource.file(path: path).load().fingerprint == key.fingerprint)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["root.key"])
        }
    }

    @Test func `a missing key file is told from every other failure`() throws {
        try withFolder { folder in
            let path = folder + "/root.key"
            #expect(throws: KeySourceError.missing(path: path)) { try KeySource.file(path: path).load() }
        }
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o620]) func `a key file that others may touch is refused`(
        mode: Int
    ) throws {
        try withFolder { folder in
            let path = folder + "/root.key"
            _ = try RootKey.create(file: path)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect(throws: KeySourceError.exposed(path: path, mode: UInt32(mode))) {
                try KeySource.file(path: path).load()
            }
        }
    }

    @Test func `a folder or a pipe in the place of the key file is refused`() throws {
        try withFolder { folder in
            #expect(throws: KeySourceError.notAFile(path: folder)) { try KeySource.file(path: folder).load() }
            let pipe = folder + "/pipe"
            #expect(unsafe mkfifo(pipe, 0o600) == 0)
            #expect(throws: KeySourceError.notAFile(path: pipe)) { try KeySource.file(path: pipe).load() }
        }
    }

    @Test func `a key of the wrong length or alphabet is refused`() {
        #expect(throws: KeySourceError.badLength(expectedDigits: 64, found: 2)) { try RootKey(text: "ab\n".utf8) }
        #expect(throws: KeySourceError.badLength(expectedDigits: 64, found: 0)) { try RootKey(text: "".utf8) }
        #expect(throws: KeySourceError.notHexadecimal) {
            try RootKey(text: String(repeating: "xy", count: 32).utf8)
        }
    }

    @Test func `a command's output is the key`() throws {
        let digits = String(repeating: "0f", count: 32)
        let key = try KeySource.command("echo \(digits)").load()
        #expect(try key.fingerprint == RootKey(text: digits.utf8).fingerprint)
    }

    @Test func `a command that fails, says nothing or talks too much is refused`() {
        #expect(throws: KeySourceError.commandFailed(status: 3)) { try KeySource.command("exit 3").load() }
        #expect(throws: KeySourceError.commandFailed(status: 137)) { try KeySource.command("kill -9 $$").load() }
        #expect(throws: KeySourceError.badLength(expectedDigits: 64, found: 0)) {
            try KeySource.command("true").load()
        }
        #expect(throws: KeySourceError.tooLong(limit: 1024)) {
            try KeySource.command("head -c 5000 /dev/zero").load()
        }
    }

    @Test func `a descriptor is read to its end and closed`() throws {
        let digits = String(repeating: "a5", count: 32)
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data(digits.utf8))
        try pipe.fileHandleForWriting.close()
        let number = dup(pipe.fileHandleForReading.fileDescriptor)
        let key = try KeySource.descriptor(number).load()
        #expect(try key.fingerprint == RootKey(text: digits.utf8).fingerprint)
        #expect(throws: KeySourceError.system(operation: "read", errno: EBADF)) {
            try KeySource.descriptor(1_000_000).load()
        }
    }
}
