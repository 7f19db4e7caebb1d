import Core

extension Meter {
    /// The value of JSON; numbers become floating-point numbers.
    func value(of json: JSON, depth: Int = 1) throws(JSONataError) -> Value {
        try check(depth: depth - 1)
        switch json {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .number(let number): return .number(number.double)
        case .string(let text): return try self.text(text)
        case .array(let elements):
            try step()
            var values: [Value] = []
            values.reserveCapacity(elements.count)
            for element in elements { values.append(try value(of: element, depth: depth + 1)) }
            return try list(values)
        case .object(let object):
            let record = Record()
            for member in object.members {
                try chargeMember(member.key)
                record.set(member.key, try value(of: member.value, depth: depth + 1))
            }
            return try self.object(record)
        }
    }
}

extension Meter {
    /// A value as JSON, or `nil` where it has none: functions and what is undefined.
    ///
    /// In objects such members are left out, in arrays they are `null`.
    ///
    /// Paid for like everything else: a small value that holds another many times can be large as JSON.
    func json(of value: Value) throws(JSONataError) -> JSON? {
        try step()
        try charge(MemoryLayout<JSON>.stride)
        switch value {
        case .undefined, .function: return nil
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .string(let text): return .string(text)
        case .number(let number):
            if let whole = Int64(exactly: number) { return .number(JSONNumber(whole)) }
            guard let number = JSONNumber(number) else { throw JSONataError("D1001", value: value.shown) }
            return .number(number)
        case .array(let list):
            var elements: [JSON] = []
            elements.reserveCapacity(list.elements.count)
            for element in list.elements { elements.append(try json(of: element) ?? .null) }
            return .array(elements)
        case .object(let record):
            var object = JSONObject()
            for (key, member) in zip(record.keys, record.values) { object[key] = try json(of: member) }
            return .object(object)
        }
    }
}
