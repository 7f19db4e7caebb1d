import Core

extension JSONPath {
    /// What Step Functions takes the path to mean: the one value of a definite path, an array of those of any other.
    ///
    /// `nil` where a definite path leads nowhere; any other then gives an empty array. Like the library the service
    /// uses, several names at the very end become an object of those that are there.
    package func answer(in document: JSON) throws(PathLimitExceeded) -> JSON? {
        var work = PathLimits.work
        return try answer(in: document, work: &work)
    }

    /// The same, where several paths share the number of nodes that may be looked at.
    package func answer(in document: JSON, work: inout Int) throws(PathLimitExceeded) -> JSON? {
        let beginning = segments.prefix { $0.step != nil }
        let rest = segments.dropFirst(beginning.count)
        guard let start = Self.walk(beginning, from: document) else { return rest.isEmpty ? .none : .array([]) }
        guard let next = rest.first else { return endsInLength ? Self.length(of: start) : start }
        if rest.count == 1, let names = Self.names(of: next), let object = start.object {
            return .object(JSONObject(names.compactMap { name in object[name].map { (name, $0) } }))
        }
        var evaluator = PathEvaluator(document: document, keepsLocations: false, work: work)
        defer { work = evaluator.work }
        let found = try evaluator.nodes(of: Array(rest), from: start).map(\.value)
        return endsInLength ? Self.length(of: .array(found)) : .array(found)
    }

    /// Why a definite path leads nowhere, in the words of the library that the service uses.
    package func absence(in document: JSON) -> String {
        guard let steps else { return "No results for path: \(text)" }
        let found = (0..<steps.count).first { Self.walk(segments[...$0], from: document) == nil } ?? steps.count
        let place = PathNode(location: Array(steps.prefix(found + 1)), value: .null).normalizedPath
        return found + 1 < steps.count ? "Missing property in path \(place)" : "No results for path: \(place)"
    }

    private static func walk(_ segments: ArraySlice<PathSegment>, from document: JSON) -> JSON? {
        var value = document
        for segment in segments {
            switch segment.step {
            case .name(let name)?:
                guard let member = value[name] else { return nil }
                value = member
            case .index(let index)?:
                guard let elements = value.array else { return nil }
                let place = index < 0 ? elements.count + index : index
                guard elements.indices.contains(place) else { return nil }
                value = elements[place]
            case nil: return nil
            }
        }
        return value
    }

    private static func names(of segment: PathSegment) -> [String]? {
        guard !segment.takesDescendants, segment.selectors.count > 1 else { return nil }
        let names = segment.selectors.compactMap { selector in
            if case .name(let name) = selector { name } else { nil }
        }
        return names.count == segment.selectors.count ? names : nil
    }

    private static func length(of value: JSON) -> JSON? {
        switch value {
        case .array(let elements): .number(JSONNumber(Int64(elements.count)))
        case .object(let members): .number(JSONNumber(Int64(members.count)))
        case .string(let text): .number(JSONNumber(Int64(text.unicodeScalars.count)))
        case .null, .bool, .number: nil
        }
    }
}
