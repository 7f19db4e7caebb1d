import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

/// The public vectors of AWS: canonical request, string to sign and signature are each equal.
@Suite struct SignatureVectorTests {
    private static let modern = "aws-wire/aws-c-auth/tests/aws-signing-test-suite/v4"
    private static let asymmetric = "aws-wire/aws-c-auth/tests/aws-signing-test-suite/v4a"
    private static let classic = "aws-wire/auth/aws4_testsuite"

    @Test(arguments: ["header", "query"]) func `every vector of aws-c-auth signs alike`(place: String) throws {
        guard Suites.has(Self.modern) else { return }
        var passed = 0
        let folders = SignatureVector.folders(Self.modern, holding: "context.json")
        for folder in folders {
            var vector = try SignatureVector(modern: folder)
            let steps =
                place == "header"
                ? vector.signer.signInHeader(&vector.head, body: vector.body, at: vector.time)
                : vector.signer.signInQuery(
                    &vector.head, body: vector.body, at: vector.time, lifetime: vector.lifetime)
            let expected = RequestSigner.Steps(
                canonicalRequest: SignatureVector.text("\(folder)/\(place)-canonical-request.txt"),
                stringToSign: SignatureVector.text("\(folder)/\(place)-string-to-sign.txt"),
                signature: SignatureVector.text("\(folder)/\(place)-signature.txt"))
            #expect(steps == expected, "\(folder)")
            if steps == expected { passed += 1 }
        }
        print("aws-c-auth v4, \(place): \(passed)/\(folders.count)")
        #expect(passed >= 38)
    }

    @Test func `every vector of the older suite signs alike`() throws {
        guard Suites.has(Self.classic) else { return }
        var passed = 0
        let folders = SignatureVector.folders(Self.classic, holding: ".req")
        for folder in folders {
            var vector = try SignatureVector(classic: folder)
            let steps = vector.signer.signInHeader(&vector.head, body: vector.body, at: vector.time)
            let file = folder + "/" + (folder.split(separator: "/").last ?? "")
            let expected = RequestSigner.Steps(
                canonicalRequest: SignatureVector.text(file + ".creq"),
                stringToSign: SignatureVector.text(file + ".sts"),
                signature: String(SignatureVector.text(file + ".authz").suffix(64)))
            #expect(steps == expected, "\(folder)")
            #expect(vector.head.headers.first(name: "Authorization") == SignatureVector.text(file + ".authz"))
            if steps == expected { passed += 1 }
        }
        print("aws4_testsuite: \(passed)/\(folders.count)")
        #expect(passed >= 34)
    }

    @Test func `the vectors of the asymmetric version are counted, not served`() {
        guard Suites.has(Self.asymmetric) else { return }
        let count = SignatureVector.folders(Self.asymmetric, holding: "context.json").count
        print("aws-c-auth v4a (asymmetric, refused as an unsupported algorithm): \(count) not served")
        #expect(count > 0)
    }
}
