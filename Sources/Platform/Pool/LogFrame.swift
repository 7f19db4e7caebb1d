/// The head of a framed log event: a type, the message's length and its time in microseconds, all in big-endian order.
///
/// Runtimes write frames to the descriptor that `_LAMBDA_TELEMETRY_LOG_FD` names. The first byte is none that begins a
/// character in UTF-8. The time is not looked at: an event's time is when it is read, which no function can forge.
/// Source: aws/aws-lambda-python-runtime-interface-client, `FramedTelemetryLogSink`.
enum LogFrame: Equatable {
    /// It is not known yet whether it is one.
    case incomplete
    /// The message begins behind it.
    case whole(length: Int)
    /// It is text.
    case none

    static let firstByte: UInt8 = 0xa5
    static let secondByte: UInt8 = 0x5a
    /// Bytes of one head.
    static let size = 16
    /// Bytes of one message; what announces more is no frame.
    static let messageLimit = 1 << 20

    /// Reads the bytes that may be a head, as far as they have come.
    init(_ bytes: some Collection<UInt8>) {
        var length = 0
        for (place, byte) in bytes.prefix(8).enumerated() {
            let isRight =
                switch place {
                case 0: byte == Self.firstByte
                case 1: byte == Self.secondByte
                case 2: byte == 0x00
                // Text and JSON, each with and without a level.
                case 3: (0x02...0x1b).contains(byte)
                default: true
                }
            guard isRight else {
                self = .none
                return
            }
            if place > 3 { length = length << 8 | Int(byte) }
        }
        if length > Self.messageLimit {
            self = .none
        } else {
            self = bytes.count < Self.size ? .incomplete : .whole(length: length)
        }
    }
}
