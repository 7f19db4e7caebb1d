import Testing

@testable import Gateway

@Suite struct TimestampTests {
    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        (1_398_796_238.0, "2014-04-29T18:30:38Z", "Tue, 29 Apr 2014 18:30:38 GMT"),
        (951_782_400.0, "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 GMT"),
        (-1.0, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
        (-62_135_596_800.0, "0001-01-01T00:00:00Z", "Mon, 01 Jan 0001 00:00:00 GMT"),
        (253_402_300_799.0, "9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func `times are written and read in both calendars' forms`(seconds: Double, iso: String, http: String) {
        #expect(Timestamp.text(seconds, as: .iso8601) == iso)
        #expect(Timestamp.text(seconds, as: .rfc822) == http)
        #expect(Timestamp.parse(iso) == seconds)
        #expect(Timestamp.parse(http) == seconds)
    }

    @Test func `fractions and offsets are read`() {
        #expect(Timestamp.parse("2019-12-16T22:48:18.5-01:00") == 1_576_540_098.5)
        #expect(Timestamp.parse("2019-12-17T00:48:18+01:00") == 1_576_540_098)
        #expect(Timestamp.parse("1576540098.25") == 1_576_540_098.25)
        #expect(Timestamp.text(1_576_540_098.25, as: .iso8601) == "2019-12-16T23:48:18.250Z")
    }

    @Test(arguments: [
        "", "now", "2019-13-01T00:00:00Z", "2019-01-01", "2019-01-01T25:00:00Z", "1e400", "nan", "T", ",,,,,",
    ])
    func `what is no time is refused`(text: String) {
        #expect(Timestamp.parse(text) == nil)
    }

    @Test func `times beyond the calendar become the nearest it has`() {
        #expect(Timestamp.text(.infinity, as: .iso8601) == "9999-12-31T23:59:59Z")
        #expect(Timestamp.text(-.infinity, as: .rfc822) == "Mon, 01 Jan 0001 00:00:00 GMT")
        #expect(Timestamp.text(.nan, as: .iso8601) == "1970-01-01T00:00:00Z")
    }
}
