import Core

/// Reads the input of a REST operation: labels of the path, query string, headers, and the body.
struct RESTBinding {
    let operation: OperationModel
    let request: WireRequest
    let labels: [String: String]
    let query: [(name: String, value: String)]

    /// Reads the whole input.
    func input() throws(Malformed) -> WireValue {
        guard let input = operation.input else { return .structure(WireFields()) }
        let shape = operation.shapes[input]
        var fields = WireFields()
        for member in shape.members {
            guard let location = member.location else { continue }
            if let value = try value(of: member, at: location), !value.isNull { fields[member.name] = value }
        }
        let payload = input.payload ?? shape.payload
        if let member = shape.members.first(where: { $0.name == payload }) {
            if let value = try self.payload(member), !value.isNull { fields[member.name] = value }
        } else if shape.members.contains(where: { $0.location == nil }) {
            let body = try self.body(members: shape.members.filter { $0.location == nil })
            for (name, value) in body.fields?.members ?? [] { fields[name] = value }
        }
        return .structure(fields)
    }

    private func value(
        of member: Member, at location: Member.Location
    ) throws(Malformed) -> WireValue? {
        switch location {
        case .uri: try label(member)
        case .querystring: try queryValue(member)
        case .header: try header(member)
        case .headers: prefixedHeaders(member)
        case .statusCode: nil
        }
    }

    private func label(_ member: Member) throws(Malformed) -> WireValue? {
        guard let raw = labels[member.wireName] else { return nil }
        let text = try PercentCoding.decode(raw, plusIsSpace: false)
        return try ScalarText.value(text, as: operation.shapes[member])
    }

    private func queryValue(_ member: Member) throws(Malformed) -> WireValue? {
        let own = operation.shapes[member]
        if own.kind == .map { return try queryMap(own) }
        let texts = query.filter { $0.name == member.wireName }.map(\.value)
        guard let first = texts.first else { return nil }
        guard own.kind == .list, let element = own.element else { return try ScalarText.value(first, as: own) }
        return try list(texts, of: element)
    }

    /// Every parameter of the query string, those that other members take included.
    private func queryMap(_ shape: Shape) throws(Malformed) -> WireValue? {
        guard let element = shape.value else { return nil }
        let isList = operation.shapes[element].kind == .list
        var fields = WireFields()
        for (name, value) in query {
            if isList {
                fields[name] = .list((fields[name]?.list ?? []) + [.string(value)])
            } else if fields[name] == nil {
                fields[name] = try ScalarText.value(value, as: operation.shapes[element])
            }
        }
        return fields.isEmpty ? nil : .structure(fields)
    }

    private func header(_ member: Member) throws(Malformed) -> WireValue? {
        let shape = operation.shapes[member]
        guard let text = request.headers[member.wireName] else { return nil }
        if shape.kind == .list, let element = shape.element {
            let isTimes = operation.shapes[element].kind == .timestamp && element.timestampFormat ?? .rfc822 == .rfc822
            let texts = request.headers.all(member.wireName)
            var items: [String] = []
            for text in texts { items += isTimes ? HeaderList.dates(in: text) : HeaderList.items(in: text) }
            return try list(items, of: element)
        }
        if member.isJSONText {
            let bytes = try ScalarText.blob(text)
            guard let json = try? JSON(parsing: bytes) else { throw Malformed("A header that should be JSON is not") }
            return WireValue(json)
        }
        return try ScalarText.value(text, as: shape)
    }

    private func prefixedHeaders(_ member: Member) -> WireValue? {
        let prefix = (member.locationName ?? "").lowercased()
        var fields = WireFields()
        for (name, value) in request.headers.fields where name.lowercased().hasPrefix(prefix) {
            fields[String(name.dropFirst(prefix.count))] = .string(value)
        }
        return fields.isEmpty ? nil : .structure(fields)
    }

    private func list(_ texts: [String], of element: Member) throws(Malformed) -> WireValue {
        var values: [WireValue] = []
        for text in texts { values.append(try ScalarText.value(text, as: operation.shapes[element])) }
        return .list(values)
    }

    private func payload(_ member: Member) throws(Malformed) -> WireValue? {
        let shape = operation.shapes[member]
        switch shape.kind {
        case .blob: return request.body.isEmpty ? nil : .blob(request.body)
        case .string:
            guard let text = String(validating: request.body, as: UTF8.self) else {
                throw Malformed("The body is not UTF-8")
            }
            return text.isEmpty ? nil : .string(text)
        default:
            if request.body.isEmpty { return nil }
            return operation.service.wireProtocol == .restXML
                ? try XMLBinding(shapes: operation.shapes).value(try XMLReader.root(of: request.body), as: member)
                : try JSONBinding(shapes: operation.shapes).value(try json(), as: member)
        }
    }

    private func body(members: [Member]) throws(Malformed) -> WireValue {
        if request.body.isEmpty { return .structure(WireFields()) }
        return operation.service.wireProtocol == .restXML
            ? try XMLBinding(shapes: operation.shapes).structure(
                try XMLReader.root(of: request.body), members: members)
            : try JSONBinding(shapes: operation.shapes).structure(try json(), members: members)
    }

    private func json() throws(Malformed) -> JSON { try JSON(body: request.body) }
}

extension JSON {
    /// Parses a request's body.
    init(body: [UInt8]) throws(Malformed) {
        do { self = try JSON(parsing: body) } catch {
            throw Malformed("Could not parse request body into json: \(error.reason) at byte \(error.offset)")
        }
    }
}
