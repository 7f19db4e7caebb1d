import Core
import Storage
import Vault

extension FunctionRecords {
    /// Most bytes of a zip that comes with the request itself.
    static let archiveLimit = 52_428_800

    /// Inflates a zip to check that it is one and unpacks to what is allowed; gives its unpacked size.
    @concurrent
    static func unpackedSize(of archive: [UInt8]) async throws(FunctionError) -> Int {
        guard !archive.isEmpty else { throw .codeEmpty }
        guard archive.count <= archiveLimit else { throw .codeTooLarge(limit: archiveLimit) }
        do {
            let opened = try CodeArchive(archive)
            try opened.verify()
            if !opened.entries.isEmpty { return opened.unpackedSize }
        } catch {
            throw .archive(error)
        }
        throw .codeEmpty
    }

    /// Seals a checked zip and writes it, durably; it counts only once a record names it.
    @concurrent
    func storeCode(
        _ archive: [UInt8], unpackedSize: Int, key: KeyName, in account: AccountID
    ) async throws(FunctionError) -> CodeReference {
        do {
            let blob = BlobID()
            let sealing = try await keys.existingKey(for: key.text, in: account)
            try await blobs.put(blob, sealing.seal(archive, binding: key.binding(blob: blob.text, account)))
            return CodeReference(
                blob: blob.text, key: key.text, sha256: Base64.encode(SHA256Digest(of: archive).bytes),
                size: archive.count, unpackedSize: unpackedSize)
        } catch KeysError.erased {
            throw .keyErased
        } catch {
            throw .storageFailed(StoreFault(error))
        }
    }

    /// The plain zip.
    @concurrent
    func code(_ reference: CodeReference, in account: AccountID) async throws(FunctionError) -> [UInt8] {
        do {
            guard let blob = BlobID(reference.blob), let sealed = try await blobs.get(blob) else {
                throw FunctionError.codeGone
            }
            return try await keys.open(sealed, KeyName(text: reference.key).binding(blob: blob.text, account))
        } catch KeysError.erased {
            throw .codeGone
        } catch let error as FunctionError {
            throw error
        } catch {
            throw .storageFailed(StoreFault(error))
        }
    }

    /// Deletes zips that no record names any more; what fails is left for the sweep of the blob store.
    func forgetCode(_ blobs: some Sequence<String>) async {
        for blob in blobs {
            guard let id = BlobID(blob) else { continue }
            // A blob left behind is ciphertext under a key that is erased, or is swept later.
            try? await self.blobs.delete(id)
        }
    }
}
