import Core
import Foundation
import Testing

@testable import Storage

/// Blobs are whole or not there, and go away only when nobody needs them.
@Suite struct BlobStoreTests {
    @Test func `a blob is given back as it was kept`() async throws {
        try await withFolder { folder in
            let blobs = try FileBlobStore(folder: folder + "/blobs")
            let id = BlobID()
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
            try await blobs.put(id, bytes)
            #expect(try await blobs.get(id) == bytes)
            #expect(try await blobs.get(BlobID()) == nil)
            try await blobs.put(BlobID(), [])
            #expect(try await blobs.list(after: nil, limit: 10).count == 2)
        }
    }

    @Test func `a blob never changes`() async throws {
        try await withFolder { folder in
            let blobs = try FileBlobStore(folder: folder)
            let id = BlobID()
            try await blobs.put(id, [1])
            try await blobs.put(id, [2])
            #expect(try await blobs.get(id) == [1])
        }
    }

    @Test func `a name cannot leave the folder`() {
        for name in ["../../etc/passwd", "ab/cd", "", "..", "abc", UUID().uuidString, "\(BlobID())/"] {
            #expect(BlobID(name) == nil, "\(name)")
        }
        #expect(BlobID("\(BlobID())") != nil)
    }

    @Test func `the list goes on behind a name`() async throws {
        try await withFolder { folder in
            let blobs = try FileBlobStore(folder: folder)
            let ids = (0..<25).map { _ in BlobID() }.sorted()
            for id in ids { try await blobs.put(id, [1, 2]) }
            var listed: [BlobID] = []
            while case let page = try await blobs.list(after: listed.last, limit: 7), !page.isEmpty {
                listed += page
            }
            #expect(listed == ids)
        }
    }

    @Test func `the sweep removes what is old and not named`() async throws {
        try await withFolder { folder in
            let blobs = try FileBlobStore(folder: folder)
            let (named, forgotten) = (BlobID(), BlobID())
            for id in [named, forgotten] { try await FileBlobStore(folder: folder).put(id, [1]) }
            try Data([1]).write(to: URL(filePath: folder + "/incoming/half"))
            #expect(try await blobs.sweep(olderThan: .seconds(60)) { $0 == named } == 0)
            #expect(try await blobs.get(forgotten) != nil, "swept before anybody could name it")
            try await Task.sleep(for: .milliseconds(2100))
            #expect(try await blobs.sweep(olderThan: .seconds(1)) { $0 == named } == 1)
            #expect(try await blobs.list(after: nil, limit: 9) == [named])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/incoming").isEmpty)
        }
    }

    @Test func `what was written since the last sweep is spared, whatever the clock says`() async throws {
        try await withFolder { folder in
            let blobs = try FileBlobStore(folder: folder)
            let id = BlobID()
            try await blobs.put(id, [1])
            let file = "\(folder)/\(id.text.prefix(2))/\(id)"
            try age(file)
            #expect(try await blobs.sweep(olderThan: .seconds(60)) { _ in false } == 0, "its record may be on its way")
            let during = try await blobs.sweep(olderThan: .seconds(60)) { other in
                if other == id { try await blobs.put(id, [1]) }
                return false
            }
            #expect(during == 0, "it was written again while the sweep looked for its record")
            try age(file)
            #expect(try await blobs.sweep(olderThan: .seconds(60)) { _ in false } == 0)
            #expect(try await blobs.sweep(olderThan: .seconds(60)) { _ in false } == 1)
        }
    }

    private func age(_ file: String) throws {
        let long = Date(timeIntervalSince1970: 9)
        try FileManager.default.setAttributes([.modificationDate: long], ofItemAtPath: file)
    }

    @Test func `only its owner can read a blob`() async throws {
        try await withFolder { folder in
            let blobs = try FileBlobStore(folder: folder + "/blobs")
            let id = BlobID()
            try await blobs.put(id, [1])
            let file = try FileManager.default.attributesOfItem(atPath: "\(folder)/blobs/\(id.text.prefix(2))/\(id)")
            #expect(file[.posixPermissions] as? Int == 0o600)
        }
    }
}
