import Glibc
import Sandboxing
import Testing

/// A listener on the host's loopback, which no sandbox may reach.
struct LoopbackListener: ~Copyable {
    let descriptor: OwnedDescriptor
    let port: UInt16

    /// Makes one on a free port.
    static func make() throws -> LoopbackListener {
        let raw = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        try #require(raw >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: an address that lives for the calls, seen as the type that they take.
        let bound = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(raw, $0, length) == 0 && listen(raw, 8) == 0 && getsockname(raw, $0, &length) == 0
            }
        }
        try #require(bound)
        return LoopbackListener(descriptor: OwnedDescriptor(taking: raw), port: UInt16(bigEndian: address.sin_port))
    }
}
