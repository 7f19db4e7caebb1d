import Core

extension Policy {
    /// Compiles the text of a policy, or says where it is wrong.
    package convenience init(
        parsing text: String, use: Use, limits: Limits = .standard
    ) throws(PolicyFlaw) {
        try self.init(parsing: Array(text.utf8), use: use, limits: limits)
    }

    /// Compiles the text of a policy, or says where it is wrong.
    package convenience init(
        parsing bytes: [UInt8], use: Use, limits: Limits = .standard
    ) throws(PolicyFlaw) {
        guard bytes.count <= limits.bytes else { throw PolicyFlaw(.tooLarge(limit: limits.bytes), at: "") }
        let document: JSON
        do {
            document = try JSON(parsing: bytes, maximumDepth: Limits.depth, uniqueKeys: true)
        } catch {
            throw PolicyFlaw(.notJSON(error), at: "")
        }
        let members = try Element(document, "").members(of: ["Version", "Id", "Statement"])
        let version = try Self.version(members["Version"])
        if let id = members["Id"] { _ = try Element(id, "Id").text() }
        guard let statement = members["Statement"] else { throw PolicyFlaw(.missing("Statement"), at: "") }
        let elements = try Element(statement, "Statement").list()
        guard elements.count <= limits.statements else {
            throw PolicyFlaw(.tooManyStatements(limit: limits.statements), at: "Statement")
        }
        var statements: [Statement] = []
        var sids: Set<[UInt8]> = []
        for element in elements {
            let statement = try Statement(element, use: use, version: version)
            if let sid = statement.sid, !sids.insert(Array(sid.utf8)).inserted {
                throw PolicyFlaw(.repeatedSid(sid), at: element.place + ".Sid")
            }
            statements.append(statement)
        }
        self.init(version: version, statements: statements)
    }

    private static func version(_ value: JSON?) throws(PolicyFlaw) -> Version {
        guard let value else { return .v2008 }
        let text = try Element(value, "Version").text()
        guard let version = Version(rawValue: text) else { throw PolicyFlaw(.unknownVersion(text), at: "Version") }
        return version
    }
}

/// A value of a policy's document, with its place in it.
struct Element {
    let value: JSON
    let place: String

    /// Takes a value and its path.
    init(_ value: JSON, _ place: String) {
        self.value = value
        self.place = place
    }

    /// The members of an object, all of them with known names.
    func members(of names: Set<String>) throws(PolicyFlaw) -> JSONObject {
        let members = try object()
        for member in members.members where !names.contains(member.key) {
            throw PolicyFlaw(.unknownElement(member.key), at: place)
        }
        return members
    }

    /// The members of an object.
    func object() throws(PolicyFlaw) -> JSONObject {
        guard let members = value.object else { throw PolicyFlaw(.expected("an object"), at: place) }
        return members
    }

    /// A text.
    func text() throws(PolicyFlaw) -> String {
        guard let text = value.string else { throw PolicyFlaw(.expected("a string"), at: place) }
        return text
    }

    /// A text, a number or a truth value, as text.
    func scalar() throws(PolicyFlaw) -> String {
        switch value {
        case .string(let text): return text
        case .number(let number): return number.text
        case .bool(let flag): return flag ? "true" : "false"
        case .null, .array, .object: throw PolicyFlaw(.expected("a string, a number or a truth value"), at: place)
        }
    }

    /// One value, or a list of at least one unless `mayBeEmpty`.
    func list(mayBeEmpty: Bool = false) throws(PolicyFlaw) -> [Element] {
        guard let values = value.array else { return [self] }
        guard mayBeEmpty || !values.isEmpty else { throw PolicyFlaw(.empty, at: place) }
        return values.enumerated().map { Element($1, "\(place)[\($0)]") }
    }
}
