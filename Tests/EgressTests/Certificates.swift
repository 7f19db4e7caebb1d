import Foundation
import NIOSSL

/// A root that only tests trust, and a certificate of it, made anew by `openssl` each time.
struct Certificates {
    let root: [NIOSSLCertificate]
    let server: NIOSSLContext

    struct NoOpenSSL: Error {}

    /// Makes a certificate for a name and an address.
    init(name: String = "localhost.test", address: String = "127.0.0.1") throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("egress-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "subjectAltName=DNS:\(name),IP:\(address)\n"
            .write(toFile: folder + "/names", atomically: true, encoding: .utf8)
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try Self.run(
            ["req", "-x509", "-days", "2", "-subj", "/CN=Root", "-keyout", "root.key", "-out", "root.pem"] + key, folder
        )
        try Self.run(["req", "-subj", "/CN=\(name)", "-keyout", "key.pem", "-out", "request.pem"] + key, folder)
        try Self.run(
            [
                "x509", "-req", "-days", "2", "-in", "request.pem", "-CA", "root.pem", "-CAkey", "root.key",
                "-CAcreateserial", "-extfile", "names", "-out", "cert.pem",
            ], folder)
        root = try NIOSSLCertificate.fromPEMFile(folder + "/root.pem")
        let chain = try NIOSSLCertificate.fromPEMFile(folder + "/cert.pem").map {
            NIOSSLCertificateSource.certificate($0)
        }
        server = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain,
                privateKey: .privateKey(NIOSSLPrivateKey(file: folder + "/key.pem", format: .pem))))
    }

    private static func run(_ arguments: [String], _ folder: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw NoOpenSSL() }
    }

    /// A client's side of TLS that trusts the root, in front of a test's connection.
    func client(to name: String?) throws -> NIOSSLClientHandler {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(root)
        return try NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: name)
    }
}
