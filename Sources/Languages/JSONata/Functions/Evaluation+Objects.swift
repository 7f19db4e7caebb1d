import Core

extension Evaluation {
    /// The functions on objects.
    func object(_ builtin: Builtin, _ arguments: Arguments) throws(JSONataError) -> Value {
        let first = arguments[0]
        switch builtin {
        case .keys:
            var keys: [Value] = []
            var known: Set<ExactKey> = []
            try gatherKeys(first, into: &keys, &known)
            return try meter.sequence(keys)
        case .lookup:
            guard let key = arguments.text(1) else { return .undefined }
            return try lookUp(key, in: first)
        case .spread:
            guard first.list != nil || first.isObject else { return first }
            var members: [Value] = []
            try spread(first, into: &members)
            // What an array is spread to is an array, also where it has one element; that of none has no value.
            return first.isObject || members.isEmpty ? try meter.sequence(members) : try meter.list(members)
        case .merge: return try merge(first)
        default:
            return first.isUndefined ? .undefined : try meter.copy(first, owner: 0, depth: 1)
        }
    }

    private func gatherKeys(
        _ value: Value, into keys: inout [Value], _ known: inout Set<ExactKey>
    ) throws(JSONataError) {
        try meter.step()
        switch value {
        case .array(let list):
            for element in list.elements { try gatherKeys(element, into: &keys, &known) }
        case .object(let record):
            try meter.step(record.count)
            for key in record.keys where known.insert(ExactKey(text: key)).inserted { keys.append(.string(key)) }
        default: return
        }
    }

    private func spread(_ value: Value, into members: inout [Value]) throws(JSONataError) {
        try meter.step()
        switch value {
        case .array(let list):
            for element in list.elements { try spread(element, into: &members) }
        case .object(let record):
            for (key, member) in Swift.zip(record.keys, record.values) {
                try meter.chargeMember(key)
                members.append(try meter.object(Record(keys: [key], values: [member])))
            }
        default: members.append(value)
        }
    }

    private func merge(_ value: Value) throws(JSONataError) -> Value {
        guard case .array(let list) = value else { return .undefined }
        let merged = Record()
        for case .object(let record) in list.elements {
            for (key, member) in Swift.zip(record.keys, record.values) {
                try meter.chargeMember(key)
                merged.set(key, member)
            }
        }
        return try meter.object(merged)
    }
}

extension Value {
    /// Whether it is an object.
    var isObject: Bool {
        if case .object = self { true } else { false }
    }
}
