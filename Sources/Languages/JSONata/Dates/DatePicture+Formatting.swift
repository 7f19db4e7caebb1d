extension DatePicture {
    /// A time as the picture has it, in a time zone of so many minutes east of UTC.
    func text(_ milliseconds: Double, offset: Int) throws(JSONataError) -> String {
        guard let date = CalendarDate(milliseconds: milliseconds + Double(offset) * 60_000) else {
            throw JSONataError("D3111", value: NumberText.shortest(milliseconds))
        }
        var text = ""
        for part in parts {
            switch part {
            case .literal(let literal): text += literal
            case .marker(let marker): text += try marker.text(date, offset: offset)
            }
        }
        return text
    }
}

extension DateMarker {
    /// What the marker shows of a date.
    func text(_ date: CalendarDate, offset: Int) throws(JSONataError) -> String {
        switch component {
        case "Z", "z": return try zone(offset)
        case "C", "E": return "ISO"
        case "P":
            let mark = date.hour >= 12 ? "pm" : "am"
            return names == .upper ? mark.uppercased() : mark
        default: break
        }
        let number = date.number(component)
        if let names { return try name(number, names) }
        var shown = Double(number)
        if component == "Y", let yearDigits {
            shown = shown.truncatingRemainder(dividingBy: Decimals.power(10, Double(yearDigits)))
        }
        return try integer?.text(shown) ?? ""
    }

    private func name(_ number: Int, _ letters: IntegerPicture.LetterCase) throws(JSONataError) -> String {
        guard let known = known else {
            throw JSONataError("D3133", value: Value.string(String(component)).shown)
        }
        let name = known[number - 1].prefix(longest ?? Int.max)
        switch letters {
        case .lower: return name.lowercased()
        case .upper: return name.uppercased()
        case .title: return String(name)
        }
    }

    /// The names that the component has.
    var known: [String]? {
        switch component {
        case "M", "x": CalendarDate.monthNames
        case "F": CalendarDate.dayNames
        default: nil
        }
    }

    private func zone(_ offset: Int) throws(JSONataError) -> String {
        let start = component == "z" ? "GMT" : ""
        if offset == 0, isTraditional { return "Z" }
        guard let integer else { return start }
        let sign = offset < 0 ? "" : "+"
        let (hours, minutes) = (offset / 60, offset % 60)
        let both = Double(hours * 100 + minutes)
        if let digits = integer.digits, digits.interval == 0 {
            switch digits.mandatory {
            case 1, 2:
                // Half an hour west has no hour to carry the sign.
                let whole = hours == 0 && minutes < 0 ? "-" : ""
                let rest = minutes == 0 ? "" : ":" + (minutes.magnitude < 10 ? "0" : "") + String(minutes.magnitude)
                return start + sign + whole + (try integer.text(Double(hours))) + rest
            case 3, 4: break
            default: throw JSONataError("D3134", value: String(digits.mandatory))
            }
        }
        return start + sign + (try integer.text(both))
    }
}
