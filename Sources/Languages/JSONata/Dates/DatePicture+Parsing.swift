extension DatePicture {
    /// The milliseconds of a text in the form of the picture; `nil` where it has another.
    ///
    /// What is less than what the text says is 0, what is greater is taken from `now`; between there must be no gap.
    func milliseconds(_ text: String, now: CalendarDate, meter: Meter) throws(JSONataError) -> Double? {
        guard let found = try components(text, meter), !found.isEmpty else { return nil }
        let parts = try complete(found, now)
        var year = parts["Y"] ?? 0
        // As ECMAScript's Date.UTC has it.
        if 0...99 ~= year { year += 1900 }
        var hour = parts["H"] ?? 0
        if let half = parts["h"] { hour = half % 12 + (parts["P"] == 1 ? 12 : 0) }
        let byDay = parts["d"]
        let milliseconds = CalendarDate.milliseconds(
            year: year, month: byDay == nil ? parts["M"] ?? 1 : 1, day: byDay ?? parts["D"] ?? 1, hour: hour,
            minute: parts["m"] ?? 0, second: parts["s"] ?? 0, millisecond: parts["f"] ?? 0)
        return milliseconds - Double(found["Z"] ?? found["z"] ?? 0) * 60_000
    }

    /// What the markers have found.
    private func components(_ text: String, _ meter: Meter) throws(JSONataError) -> [Character: Int]? {
        var pattern = "^"
        for (place, part) in parts.enumerated() {
            switch part {
            case .literal(let literal): pattern += "(" + Self.escaped(literal) + ")"
            case .marker(let marker):
                pattern += "(" + (try marker.expression(isFollowed: isNumber(at: place + 1))) + ")"
            }
        }
        guard let expression = try? RegularExpression(parsing: pattern + "$", ignoresCase: true) else {
            // A picture can be too long for an expression; then nothing has its form.
            return nil
        }
        let subject = try Subject(text, meter: meter)
        var matcher = RegexMatcher(expression, on: subject, meter: meter)
        guard let match = try matcher.first(from: 0) else { return nil }
        var found: [Character: Int] = [:]
        for (part, group) in zip(parts, match.groups) {
            guard case .marker(let marker) = part, let group else { continue }
            found[marker.component] = try marker.value(subject[group])
        }
        return found
    }

    /// Whether a part is a number, so that the number before it must be as long as its picture.
    private func isNumber(at place: Int) -> Bool {
        guard place < parts.count, case .marker(let marker) = parts[place] else { return false }
        return marker.integer != nil
    }

    private static func escaped(_ literal: String) -> String {
        var escaped = ""
        for character in literal.unicodeScalars {
            if ".*+?^${}()|[]\\".unicodeScalars.contains(character) { escaped += "\\" }
            escaped.unicodeScalars.append(character)
        }
        return escaped
    }

    /// The components of a date and a time, from the greatest to the least, with all that is missing.
    private func complete(_ found: [Character: Int], _ now: CalendarDate) throws(JSONataError) -> [Character: Int] {
        let given = Set(found.filter { $0.value != 0 }.keys)
        let hasWeeks = Self.fits(given, "XxwF", "YMDdW") || Self.fits(given, "XWF", "YMDdxw")
        let byDay = Self.fits(given, "Yd", "XMxWwD") && !Self.fits(given, "YMD", "XxWwd")
        // Weeks can be written, not read.
        if hasWeeks { throw JSONataError("D3136") }
        let hasHalves = Self.fits(given, "Phmsf", "H") && !Self.fits(given, "Hmsf", "Ph")
        var parts: [Character: Int] = [:]
        var (hasBegun, hasEnded) = (false, false)
        for component in (byDay ? "Yd" : "YMD") + (hasHalves ? "Phmsf" : "Hmsf") {
            if let value = found[component] {
                guard !hasEnded else { throw JSONataError("D3136") }
                hasBegun = true
                parts[component] = value
            } else if hasBegun {
                parts[component] = "MDd".contains(component) ? 1 : 0
                hasEnded = true
            } else {
                parts[component] = now.number(component)
            }
        }
        return parts
    }

    private static func fits(_ given: Set<Character>, _ wanted: String, _ excluded: String) -> Bool {
        !given.isDisjoint(with: wanted.filter { $0 != "F" }) && given.isDisjoint(with: excluded)
    }
}

extension DateMarker {
    /// A regular expression for what the marker stands for.
    func expression(isFollowed: Bool) throws(JSONataError) -> String {
        if component == "Z" || component == "z" {
            let start = component == "z" ? "GMT" : ""
            guard let digits = integer?.digits, digits.interval > 0, let mark = digits.separators.first?.scalar else {
                return start + "[-+][0-9]+"
            }
            return start + "[-+][0-9]+\\\(mark)[0-9]+"
        }
        if let integer {
            return try integer.expression(digits: isFollowed ? integer.digits?.mandatory : nil)
        }
        guard known != nil || component == "P" else {
            throw JSONataError("D3133", value: Value.string(String(component)).shown)
        }
        return "[a-zA-Z]+"
    }

    /// The number that a text means; `nil` where it means none.
    func value(_ text: String) throws(JSONataError) -> Int? {
        switch component {
        case "Z", "z": return Self.minutes(text.filter { !$0.isLetter })
        case "P": return ["am": 0, "pm": 1][text.lowercased()]
        case "f" where integer?.digits != nil:
            // As a part of a second, however many digits it has.
            return Int((text + "000").prefix(3))
        default: break
        }
        if let integer {
            guard let number = try integer.number(text) else { return nil }
            guard number.magnitude < 1_000_000 else { throw JSONataError("D3110", value: Value.string(text).shown) }
            return Int(number)
        }
        let names = known ?? []
        return names.firstIndex { $0.prefix(longest ?? Int.max) == text }.map { $0 + 1 }
    }

    /// `+0530`, `+05:30` or `-5` in minutes.
    static func minutes(_ text: String) -> Int? {
        let digits = text.filter { $0.isASCII && $0.isNumber }
        guard digits.count <= 4, let number = Int(digits) else { return nil }
        let hasMinutes = digits.count > 2
        let minutes = hasMinutes ? number / 100 * 60 + number % 100 : number * 60
        return text.hasPrefix("-") ? -minutes : minutes
    }
}
