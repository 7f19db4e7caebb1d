import Glibc

/// One blocking socket on loopback.
final class BulkSocket {
    private let raw: CInt
    private static let size = 256 << 10

    init(_ raw: CInt) { self.raw = raw }

    deinit { close(raw) }

    /// Connects to a port of loopback; with 0, listens at any.
    static func open(connectingTo port: Int) throws -> BulkSocket {
        let raw = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: an address that lives for the calls, seen as the type that they take.
        let result = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe port == 0 ? bind(raw, $0, length) | listen(raw, 16) : connect(raw, $0, length)
            }
        }
        guard result == 0 else { throw BenchFailure("no connection to \(port)") }
        return BulkSocket(raw)
    }

    var port: Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: room for the address that the call writes.
        unsafe withUnsafeMutablePointer(to: &address) { address in
            _ = unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(raw, $0, &length)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    func accept() throws -> BulkSocket {

        let taken = Glibc.accept(raw, nil, nil)
        guard taken >= 0 else { throw BenchFailure("accept") }
        return BulkSocket(taken)
    }

    /// Sends zeros while the condition holds, or until the other side is gone; gives how many.
    func pump(while goesOn: () -> Bool) -> Int {
        let bytes = [UInt8](repeating: 0, count: Self.size)
        var sent = 0
        while goesOn() {
            // SAFETY: as many bytes as the array has.
            let count = unsafe write(raw, bytes, bytes.count)
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    /// Takes bytes while the condition holds, or until there are no more; gives how many.
    func drain(while goesOn: () -> Bool = { true }) -> Int {
        var bytes = [UInt8](repeating: 0, count: Self.size)
        var got = 0
        while goesOn() {
            // SAFETY: room for as many bytes as are asked for.
            let count = unsafe read(raw, &bytes, Self.size)
            guard count > 0 else { break }
            got += count
        }
        return got
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        // SAFETY: as many bytes as the array has.
        _ = unsafe write(raw, bytes, bytes.count)
    }

    /// What comes up to an empty line.
    func head() throws -> String {
        var (text, byte) = ("", UInt8(0))
        while !text.hasSuffix("\r\n\r\n") {
            // SAFETY: room for one byte.
            guard unsafe read(raw, &byte, 1) == 1 else { throw BenchFailure("no head: \(text)") }
            text.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return text
    }

    func endOutput() { _ = shutdown(raw, CInt(SHUT_WR)) }
}

/// Does what its client says: `i` takes all that comes and says how much, `o` sends until the client is gone.
enum BulkServer {
    static func run() throws {
        let listener = try BulkSocket.open(connectingTo: 0)
        let port = listener.port
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(listener)
        // SAFETY: the listener is retained for the thread, which runs for as long as the process.
        unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let listener = unsafe Unmanaged<BulkSocket>.fromOpaque(argument).takeUnretainedValue()
                while let connection = try? listener.accept() { BulkServer.serve(connection) }
                return nil
            }, context.toOpaque())
        Child.serve(at: port)
    }

    private static func serve(_ connection: BulkSocket) {
        guard let order = try? connection.head() else { return }
        if order.hasPrefix("i") {
            connection.send("\(connection.drain())\r\n\r\n")
        } else {
            _ = connection.pump { true }
        }
    }
}

/// One stream for some seconds, directly or through a tunnel.
struct BulkLoad {
    enum Direction: String, CaseIterable { case out, `in` }

    let port: Int
    let tunnel: String?
    let direction: Direction

    /// MB a second that have arrived at their end.
    func run(_ seconds: Double) throws -> Double {
        let connection = try BulkSocket.open(connectingTo: port)
        if let tunnel {
            connection.send("CONNECT \(tunnel) HTTP/1.1\r\nHost: \(tunnel)\r\n\r\n")
            guard try connection.head().hasPrefix("HTTP/1.1 200") else { throw BenchFailure("no tunnel") }
        }
        let start = now
        let goesOn = { now - start < seconds }
        var bytes: Int
        switch direction {
        case .out:
            connection.send("i\r\n\r\n")
            _ = connection.pump(while: goesOn)
            connection.endOutput()
            bytes = Int(try connection.head().prefix { $0.isNumber }) ?? 0
        case .in:
            connection.send("o\r\n\r\n")
            bytes = connection.drain(while: goesOn)
        }
        guard bytes > 0 else { throw BenchFailure("nothing has passed") }
        return Double(bytes) / 1e6 / (now - start)
    }

    private var now: Double {
        var time = timespec()
        // SAFETY: the call writes the one value that it is given, and this clock is always there.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
