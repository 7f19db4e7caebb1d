import Crypto

@testable import StatesLanguage

extension Surroundings {
    /// Real digests, and tokens that can be told apart.
    static let test = Surroundings(
        region: "us-east-1",
        digest: { algorithm, bytes in
            switch algorithm {
            case .md5: Array(Insecure.MD5.hash(data: bytes))
            case .sha1: Array(Insecure.SHA1.hash(data: bytes))
            case .sha256: Array(SHA256.hash(data: bytes))
            case .sha384: Array(SHA384.hash(data: bytes))
            case .sha512: Array(SHA512.hash(data: bytes))
            }
        }, token: { execution, work in "\(execution)/\(work)" })
}
