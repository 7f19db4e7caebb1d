import CSandbox
import Core
import NIOCore

@testable import Sandboxing

extension FuzzTarget {
    /// What comes out of a sandbox, and what its starter says.
    static let sandboxing = [runtimeRequests, starterMessages, starterReader]

    private static let runtimeRequests = FuzzTarget(
        "runtime-requests",
        texts: [
            "\u{7}GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: a\r\n\r\n",
            "\u{19}POST /2018-06-01/runtime/invocation/1-2/response HTTP/1.1\r\nContent-Length: 4\r\n\r\nwellGET / HTTP/1.1\r\n\r\n",
            "\u{40}POST /2018-06-01/runtime/invocation/1/error HTTP/1.1\r\n"
                + "Lambda-Runtime-Function-Error-Type: A.B\r\nTransfer-Encoding: chunked\r\n\r\n2;x=1\r\n{}\r\n0\r\nT: 1\r\n\r\n",
            "\u{1}POST /2018-06-01/runtime/init/error HTTP/1.1\r\ncontent-length: 0\r\n\r\n",
            "\u{FF}GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 20_000) + "\r\n\r\n",
            "\u{FF}POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + String(repeating: "x", count: 5000)
                + "\r\n",
        ]
    ) { bytes in
        // The first byte says in how large pieces the others arrive.
        guard let size = bytes.first else { return }
        let content = Array(bytes.dropFirst())
        let whole = requests(in: [content])
        let pieces = stride(from: 0, to: content.count, by: Int(size) + 1).map { start in
            Array(content[start..<min(content.count, start + Int(size) + 1)])
        }
        require(requests(in: pieces) == whole, "pieces are read as something else than the whole")
    }

    /// Everything a parser says about bytes that come in these pieces, until it refuses them.
    private static func requests(in pieces: [[UInt8]]) -> [Result<RuntimeRequest, RuntimeRequestError>] {
        var parser = RuntimeRequestParser()
        var buffer = ByteBuffer()
        var found: [Result<RuntimeRequest, RuntimeRequestError>] = []
        for piece in pieces {
            buffer.writeBytes(piece)
            do throws(RuntimeRequestError) {
                while let request = try parser.next(from: &buffer) { found.append(.success(request)) }
            } catch {
                return found + [.failure(error)]
            }
        }
        return found
    }

    private static let starterMessages = FuzzTarget(
        "starter-messages",
        seeds: [
            seed(SANDBOX_REPLY.rawValue) {
                $0.append(Int32(2))
                $0.append("mount")
                $0.append(UInt64(7))
            },
            seed(SANDBOX_EXIT.rawValue) {
                $0.append(SANDBOX_SIGNALLED.rawValue)
                $0.append(Int32(9))
                $0.append(UInt32(1))
                $0.append(UInt32(0))
                $0.append(UInt64(1 << 40))
                $0.append(Int32(2))
                $0.append("exec")
            },
            seed(SANDBOX_DOOR.rawValue) {
                $0.append(UInt32(5432))
                $0.append(Int32(0))
            },
        ]
    ) { bytes in
        let message = StarterConnection.Received(bytes: bytes, descriptors: [])
        let isReply = PendingRequests.reply(message) != nil
        let isExit = PendingRequests.exit(message) != nil
        let isDoor = SandboxDoor(message) != nil
        require([isReply, isExit, isDoor].count { $0 } <= 1, "one message is two things")
    }

    private static func seed(_ kind: UInt32, _ fill: (inout MessageWriter) -> Void) -> [UInt8] {
        var message = MessageWriter(kind: kind, request: 3, sandbox: 4)
        fill(&message)
        return message.bytes
    }

    /// The reader that the starter and the first process of a sandbox have in common, in C.
    private static let starterReader = FuzzTarget(
        "starter-reader",
        seeds: [[4, 0, 1, 2, 3, 1, 0, 0, 0, 2, 0, 0, 0, 65, 0, 0, 0, 0, 0], [3, 2, 0, 0, 0, 2, 0, 0, 0, 65, 0]]
    ) { bytes in
        guard let steps = bytes.first.map(Int.init), bytes.count > steps else { return }
        var content = Array(bytes.dropFirst(1 + steps))
        let length = content.count
        // SAFETY: the reader and what it gives point into `content`, which lives during the closure.
        unsafe content.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            var reader = unsafe sandbox_reader(at: start, end: start + length, bad: 0)
            for step in bytes.dropFirst().prefix(steps) {
                unsafe read(step % 4, &reader)
                let place = unsafe start.distance(to: reader.at)
                require(place >= 0 && place <= length, "the reader left its message")
            }
        }
    }

    private static func read(_ step: UInt8, _ reader: inout sandbox_reader) {
        switch step {
        case 0: _ = unsafe sandbox_read_u32(&reader)
        case 1: _ = unsafe sandbox_read_u64(&reader)
        case 2:
            // SAFETY: a string is given with its end, within the message.
            let text = unsafe sandbox_read_string(&reader)
            unsafe require(text.map { unsafe String(cString: $0).utf8.count < 1 << 20 } ?? false)
        default:
            // SAFETY: the list has the room that the call is told.
            var list = unsafe [UnsafeMutablePointer<CChar>?](repeating: nil, count: 8)
            let count = unsafe sandbox_read_strings(&reader, &list, 8)
            require(count < 8)
            for place in 0..<count { unsafe require(list[place] != nil) }
        }
    }
}
