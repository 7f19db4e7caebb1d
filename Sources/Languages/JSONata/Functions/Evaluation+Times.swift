import Core

extension Evaluation {
    /// The functions on times; the time is the same throughout an evaluation.
    func time(_ builtin: Builtin, _ arguments: Arguments) throws(JSONataError) -> Value {
        let time = Double(now.milliseconds)
        switch builtin {
        case .millis: return .number(time)
        case .now: return try written(time, arguments.text(0), zone: arguments.text(1))
        case .fromMillis:
            guard let time = try arguments.number(0) else { return .undefined }
            return try written(time, arguments.text(1), zone: arguments.text(2))
        default:
            guard let text = arguments.text(0) else { return .undefined }
            try meter.step(text.utf8.count)
            return try read(text, arguments.text(1))
        }
    }

    private func written(_ time: Double, _ picture: String?, zone: String?) throws(JSONataError) -> Value {
        var offset = 0
        if let zone {
            guard let minutes = DateMarker.minutes(zone) else {
                throw JSONataError("D3134", value: Value.string(zone).shown)
            }
            offset = minutes
        }
        try meter.step(picture?.utf8.count ?? 0)
        return try meter.text(DatePicture(parsing: picture ?? DatePicture.standard).text(time, offset: offset))
    }

    private func read(_ text: String, _ picture: String?) throws(JSONataError) -> Value {
        guard let picture else {
            guard let time = StandardDate.milliseconds(text) else {
                throw JSONataError("D3110", value: Value.string(text).shown)
            }
            return .number(time)
        }
        try meter.step(8 * picture.utf8.count)
        try meter.charge(64 * picture.utf8.count)
        guard let date = CalendarDate(milliseconds: Double(now.milliseconds)) else { return .undefined }
        return try DatePicture(parsing: picture).milliseconds(text, now: date, meter: meter).map { .number($0) }
            ?? .undefined
    }
}
