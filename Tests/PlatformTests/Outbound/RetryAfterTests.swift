import Core
import Testing

@testable import Platform

struct RetryAfterTests {
    /// It is 2026-10-21T07:27:30Z.
    private let now = Instant(milliseconds: 1_792_567_650_000)

    @Test(
        arguments: [
            ("5", 5), ("86400", 86_400), ("Wed, 21 Oct 2026 07:28:00 GMT", 30),
            ("Wednesday, 21-Oct-26 07:28:00 GMT", 30),
            ("Wed Oct 21 07:28:00 2026", 30), ("Thu Oct  1 07:28:00 2026", nil),
            ("Thu, 22 Oct 2026 07:27:30 GMT", 86_400),
            // No time, the past, more than a day ahead, and what cannot be read.
            ("0", nil), ("-1", nil), ("+5", nil), ("86401", nil), ("Wed, 21 Oct 2026 07:27:30 GMT", nil),
            ("Thu, 22 Oct 2026 07:27:31 GMT", nil), ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
            ("Wed, 21 Oct 2026 07:28:00 CET", nil), ("Wed, 21 Okt 2026 07:28:00 GMT", nil),
            ("Wed, 32 Oct 2026 07:28:00 GMT", nil), ("Wed, 21 Oct 2026 24:28:00 GMT", nil),
            ("Wed, 21 Oct 2026 07:61:00 GMT", nil), ("Wed, 21 Oct 9999999999 07:28:00 GMT", nil),
            ("Wed, 21 Oct 2026 07:28 GMT", nil), ("Wednesday, 21-Oct 07:28:00 GMT", nil), ("99999999999999999999", nil),
            ("", nil), ("soon", nil), (String(repeating: " 1", count: 1000), nil), (nil, nil),
        ] as [(String?, Int?)])
    func `who asks to be left alone is, for a day at most`(_ text: String?, _ seconds: Int?) {
        #expect(RetryAfter.wait(text, from: now) == seconds.map { .seconds($0) })
    }
}
