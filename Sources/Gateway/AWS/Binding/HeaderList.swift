/// Lists of values in one HTTP header: separated by commas, quoted where they contain one.
enum HeaderList {
    /// Splits a header's value at the commas outside quotes.
    static func items(in text: String) -> [String] {
        guard text.contains(where: { $0 != " " }) else { return [] }
        var items: [String] = []
        var item = ""
        var isQuoted = false
        var wasQuoted = false
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                item.unicodeScalars.append(scalar)
                isEscaped = false
            } else if isQuoted, scalar == "\\" {
                isEscaped = true
            } else if scalar == "\"" {
                isQuoted.toggle()
                wasQuoted = true
            } else if scalar == ",", !isQuoted {
                items.append(wasQuoted ? item : trimmed(item))
                (item, wasQuoted) = ("", false)
            } else if !wasQuoted || isQuoted, !(item.isEmpty && scalar == " " && !isQuoted) {
                item.unicodeScalars.append(scalar)
            }
        }
        return items + [wasQuoted ? item : trimmed(item)]
    }

    /// Splits a list of HTTP dates, each of which contains one comma itself.
    static func dates(in text: String) -> [String] {
        let parts = text.split(separator: ",").map { trimmed(String($0)) }
        return stride(from: 0, to: parts.count, by: 2).map { start in
            parts[start..<min(start + 2, parts.count)].joined(separator: ", ")
        }
    }

    /// Joins values so that `items(in:)` gives them back.
    static func join(_ items: [String]) -> String {
        items.map { item in
            guard item.contains(where: { $0 == "," || $0 == "\"" }) else { return item }
            let escaped = item.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "\"\(escaped)\""
        }.joined(separator: ", ")
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
