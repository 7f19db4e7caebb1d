import Core

/// What a reader of items has read: JSON, lines of JSON, or CSV.
package enum ItemData {
    /// The items in it, at most so many; throws `States.ItemReaderFailed` where it holds none.
    package static func items(
        in bytes: [UInt8], _ configuration: ItemReader.Configuration, maximum: Int? = nil
    ) throws(StateFailure) -> [JSON] {
        let most = maximum ?? Int.max
        if configuration.manifestType != nil || configuration.inputType == "MANIFEST" {
            throw failure("This is a manifest; the items are in the files that it lists.")
        }
        switch configuration.inputType {
        case "JSON", nil: return Array(try json(bytes, pointer: configuration.itemsPointer).prefix(most))
        case "JSONL": return try lines(bytes, most)
        case "CSV": return try table(bytes, configuration, most)
        case let other?: throw failure("Items of the type '\(other)' cannot be read here; use JSON, JSONL or CSV.")
        }
    }

    private static func json(_ bytes: [UInt8], pointer: String?) throws(StateFailure) -> [JSON] {
        var value = try parse(bytes)
        for step in (pointer ?? "").split(separator: "/") {
            let key = String(step).replacing("~1", with: "/").replacing("~0", with: "~")
            guard let member = value[key] ?? Int(key).flatMap({ element(value, $0) }) else {
                throw failure("The pointer '\(pointer ?? "")' references nothing.")
            }
            value = member
        }
        guard case .array(let items) = value else { throw failure("Attempting to map over non-iterable node.") }
        return items
    }

    private static func element(_ value: JSON, _ index: Int) -> JSON? {
        guard let elements = value.array, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    private static func lines(_ bytes: [UInt8], _ most: Int) throws(StateFailure) -> [JSON] {
        var items: [JSON] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) where items.count < most {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            items.append(try parse(Array(line)))
        }
        return items
    }

    /// A value out of text.
    static func parse(_ bytes: [UInt8]) throws(StateFailure) -> JSON {
        do throws(JSONError) {
            return try JSON(parsing: bytes)
        } catch {
            throw failure("What was read is not JSON: \(error.reason) at byte \(error.offset).")
        }
    }

    private static func table(
        _ bytes: [UInt8], _ configuration: ItemReader.Configuration, _ most: Int
    ) throws(StateFailure) -> [JSON] {
        var reader = CSVReader(bytes, delimiter: configuration.csvDelimiter)
        var headers = configuration.csvHeaders
        if configuration.csvHeaderLocation != "GIVEN" { headers = reader.row() ?? [] }
        guard Set(headers).count == headers.count else { throw failure("CSV headers cannot contain duplicates.") }
        var items: [JSON] = []
        while items.count < most, let row = reader.row() {
            let members = headers.enumerated().map { place, header in
                (header, JSON.string(place < row.count ? row[place] : ""))
            }
            items.append(.object(JSONObject(members)))
        }
        return items
    }

    /// The failure where nothing can be read.
    static func failure(_ cause: String) -> StateFailure {
        StateFailure(reported: ErrorName.itemReaderFailed, cause: cause)
    }
}
