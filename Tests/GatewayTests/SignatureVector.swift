import Core
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport

@testable import Gateway
@testable import Platform

/// One public case of a signature: a request, how to sign it, and what must come out.
struct SignatureVector {
    var name: String
    var head: HTTPRequestHead
    var body: ByteBuffer?
    var signer: RequestSigner
    var credential: Credential
    var time: Instant
    var lifetime: Int

    static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

    /// The folders below `folder` that hold a file ending in `suffix`.
    static func folders(_ folder: String, holding suffix: String) -> [String] {
        let root = Suites.root + "/" + folder
        let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(suffix) }.map { folder + "/" + ($0 as NSString).deletingLastPathComponent }
            .sorted()
    }

    static func text(_ path: String) -> String { String(decoding: Suites.bytes(path), as: UTF8.self) }

    /// Parses a raw request; a line that begins with a space continues the header before it.
    static func parse(_ text: String) throws -> (HTTPRequestHead, ByteBuffer?) {
        let parts = text.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n\n")
        var lines = parts[0].components(separatedBy: "\n").filter { !$0.isEmpty }
        let first = lines.removeFirst()
        let method = first.prefix { $0 != " " }
        let target = first.dropFirst(method.count + 1).replacingOccurrences(of: " HTTP/1.1", with: "")
        var headers: [(String, String)] = []
        for line in lines {
            if line.hasPrefix(" "), let last = headers.popLast() {
                headers.append((last.0, last.1 + " " + line.trimmingCharacters(in: .whitespaces)))
            } else {
                let colon = line.firstIndex(of: ":") ?? line.endIndex
                headers.append((String(line[..<colon]), String(line[colon...].dropFirst())))
            }
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: String(method)), uri: target,
            headers: HTTPHeaders(headers))
        let body = parts.dropFirst().joined(separator: "\n\n")
        return (head, body.isEmpty ? nil : ByteBuffer(string: body))
    }

    /// A case of aws-c-auth, as its `context.json` says.
    init(modern folder: String) throws {
        struct Context: Decodable {
            struct Credentials: Decodable {
                var accessKeyId: String
                var secretAccessKey: String
                var token: String?
            }
            var credentials: Credentials
            var expirationInSeconds: Int
            var normalize: Bool
            var region: String
            var service: String
            var signBody: Bool
            var timestamp: String
            var omitSessionToken: Bool?
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let context = try decoder.decode(Context.self, from: Data(Suites.bytes(folder + "/context.json")))
        name = folder
        (head, body) = try Self.parse(Self.text(folder + "/request.txt"))
        credential = Credential(
            accessKey: try Self.key(context.credentials.accessKeyId),
            secret: SecretKey(revealed: context.credentials.secretAccessKey), token: context.credentials.token,
            principal: .administrator(.standard))
        signer = RequestSigner(credential: credential, region: try Region(context.region), service: context.service)
        signer.path = context.normalize ? .normalized : .encoded
        signer.sendsPayloadHash = context.signBody
        signer.signsToken = context.omitSessionToken != true
        time = try Self.instant(context.timestamp)
        lifetime = context.expirationInSeconds
    }

    /// A case of the older `aws4_testsuite`: the request has its date, and its token where that is signed.
    init(classic folder: String) throws {
        name = folder
        let file = folder + "/" + (folder as NSString).lastPathComponent
        (head, body) = try Self.parse(Self.text(file + ".req"))
        credential = Credential(
            accessKey: try Self.key("AKIDEXAMPLE"), secret: SecretKey(revealed: Self.secret),
            token: try Self.signedToken(file), principal: .administrator(.standard))
        signer = RequestSigner(credential: credential, region: .standard, service: "service")
        signer.path = .normalized
        time = try Self.instant("2015-08-30T12:36:00Z")
        lifetime = 0
    }

    /// The session token that a case signs: one that the canonical request has.
    private static func signedToken(_ file: String) throws -> String? {
        guard text(file + ".creq").contains("x-amz-security-token:") else { return nil }
        return try parse(text(file + ".sreq")).0.headers.first(name: "X-Amz-Security-Token")
    }

    /// The vectors' access key is shorter than any that exists.
    private static func key(_ text: String) throws -> AccessKeyID { AccessKeyID(unchecked: text) }

    static func instant(_ text: String) throws -> Instant {
        let date = try Date.ISO8601FormatStyle().parse(text)
        return Instant(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
    }
}
