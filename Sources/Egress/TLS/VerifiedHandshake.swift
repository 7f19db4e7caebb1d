import NIOCore
import NIOSSL
import NIOTLS

/// Waits for TLS to stand and looks at the certificate once more, before anything of a request is written.
///
/// NIOSSL has verified the chain by then, but takes a certificate for the server's address, or an old-style common name,
/// for the host's name too: then whoever can forge an answer of DNS and has a certificate for an address of its own would
/// be sent the secrets.
final class VerifiedHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let host: Host
    private let promise: EventLoopPromise<Void>

    init(_ host: Host, _ promise: EventLoopPromise<Void>) {
        self.host = host
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted = event else { return context.fireUserInboundEventTriggered(event) }
        do {
            let certificate = try context.pipeline.syncOperations.nioSSL_peerCertificate()
            guard let certificate, CertificateName.matches(host, Self.names(of: certificate)) else {
                throw EgressRefusal.tls
            }
            promise.succeed()
        } catch {
            promise.fail(EgressRefusal.tls)
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(EgressRefusal.tls)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(EgressRefusal.tls)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { promise.fail(EgressRefusal.tls) }

    private static func names(of certificate: NIOSSLCertificate) -> [CertificateName.Entry] {
        var entries: [CertificateName.Entry] = []
        for name in certificate._subjectAlternativeNames() {
            switch name.nameType {
            case .dnsName: entries.append(.name(Array(name.contents)))
            case .ipAddress: entries.append(.address(Array(name.contents)))
            default: break
            }
        }
        return entries
    }
}
