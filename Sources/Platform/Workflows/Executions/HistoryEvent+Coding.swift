import Core
import StatesLanguage

extension HistoryEvent {
    /// The bytes to be sealed: compact JSON.
    var bytes: [UInt8] {
        var members = JSONObject([
            ("id", .number(JSONNumber(Int64(id)))), ("previous", .number(JSONNumber(Int64(previousID)))),
            ("time", .number(JSONNumber(time.milliseconds))), ("type", .string(type)),
        ])
        if let detailsName {
            members["name"] = .string(detailsName)
            members["details"] = .object(details)
        }
        return JSON.object(members).serialized
    }

    /// Reads what `bytes` wrote; anything else is `nil`.
    init?(_ bytes: [UInt8]) {
        // Written by us; what is no JSON was not.
        guard let json = try? JSON(parsing: bytes), let id = json["id"]?.integer,
            let previous = json["previous"]?.integer,
            let time = json["time"]?.integer, let type = json["type"]?.string
        else { return nil }
        self.init(
            id: Int(id), previousID: Int(previous), time: Instant(milliseconds: time), type: type,
            detailsName: json["name"]?.string, details: json["details"]?.object ?? JSONObject())
    }
}
