/// Reads the six fields of a cron expression.
///
/// Source: EventBridge user guide, "Cron expressions reference". Where it is silent, the rules of Quartz hold, whose
/// letters these are: ranges may run over the end of their field (`FRI-MON`, `22-2`) except those of years; `L`, `W` and
/// `#` stand alone in their field; names may be in lower case.
enum CronParser {
    static func parse(_ bytes: ArraySlice<UInt8>) throws(ExpressionFlaw) -> Cron {
        let fields = bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
        guard fields.count == 6, bytes.first != UInt8(ascii: " "), bytes.last != UInt8(ascii: " ") else {
            throw ExpressionFlaw(place: bytes.startIndex, reason: .fieldCount(fields.count))
        }
        let years = try CronFieldParser(.year, fields[5]).values()
        return Cron(
            minutes: try CronFieldParser(.minutes, fields[0]).mask(),
            hours: try CronFieldParser(.hours, fields[1]).mask(),
            days: try days(ofMonth: fields[2], ofWeek: fields[4]),
            months: try CronFieldParser(.month, fields[3]).mask(), years: YearSet(years))
    }

    private static func days(ofMonth: ArraySlice<UInt8>, ofWeek: ArraySlice<UInt8>) throws(ExpressionFlaw) -> MonthDays
    {
        let any = [UInt8(ascii: "?")][...]
        switch (ofMonth == any, ofWeek == any) {
        case (true, true): throw ExpressionFlaw(place: ofWeek.startIndex, reason: .noDays)
        case (false, false):
            // A field that is wrong in itself is said first.
            _ = try CronFieldParser(.dayOfMonth, ofMonth).daysOfMonth()
            _ = try CronFieldParser(.dayOfWeek, ofWeek).daysOfWeek()
            throw ExpressionFlaw(place: ofWeek.startIndex, reason: .bothDays)
        case (false, true): return try CronFieldParser(.dayOfMonth, ofMonth).daysOfMonth()
        case (true, false): return try CronFieldParser(.dayOfWeek, ofWeek).daysOfWeek()
        }
    }
}
