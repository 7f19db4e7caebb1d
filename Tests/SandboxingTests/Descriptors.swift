import Glibc
import Sandboxing

/// What tests read from descriptors.
enum Descriptors {
    /// Everything that is there now.
    static func text(_ descriptor: borrowing OwnedDescriptor) -> String {
        text(descriptor.borrowed)
    }

    /// Everything that is there now, or the next piece where reading waits.
    static func text(_ descriptor: CInt, all: Bool = true) -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65536)
        while true {
            // SAFETY: as many bytes as there is room for.
            let got = unsafe read(descriptor, &piece, piece.count)
            if got > 0 { bytes += piece.prefix(got) }
            if got <= 0 || !all { return String(decoding: bytes, as: UTF8.self) }
        }
    }

    /// The first caller at a listener; nothing when nobody comes in time.
    static func caller(
        at listener: borrowing OwnedDescriptor, within milliseconds: CInt = 10_000
    ) -> OwnedDescriptor? {
        var watched = pollfd(fd: listener.borrowed, events: Int16(POLLIN), revents: 0)
        // SAFETY: one entry that lives for the call; no address is asked for.
        guard unsafe poll(&watched, 1, milliseconds) == 1 else { return nil }
        let raw = accept(listener.borrowed, nil, nil)
        return raw >= 0 ? OwnedDescriptor(taking: raw) : nil
    }
}
