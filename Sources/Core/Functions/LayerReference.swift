/// The name of a layer: 1 to 64 letters, digits, dashes and underscores.
package struct LayerName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Takes a bare name, not an ARN.
    package init(_ text: String) throws(NameError) {
        try text.requireName(1...64, extra: "-_")
        self.text = text
    }

    package var description: String { text }
}

/// Names one version of a layer, by its ARN.
package struct LayerReference: Hashable, Sendable, CustomStringConvertible {
    package let account: AccountID
    package let region: String
    package let name: LayerName
    package let version: Int

    /// Names a version of a layer of this server.
    package init(account: AccountID, region: Region, name: LayerName, version: Int) {
        self.account = account
        self.region = region.text
        self.name = name
        self.version = version
    }

    /// Parses `arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION`.
    package init(_ text: String) throws(ConfigurationError) {
        do {
            let arn = try ARN(text)
            let parts = arn.resource.split(separator: ":", omittingEmptySubsequences: false)
            guard arn.service == "lambda", parts.count == 3, parts[0] == "layer", let version = Int(parts[2]),
                version > 0, String(version) == parts[2]
            else { throw NameError.malformed(expected: "a layer version ARN") }
            account = try AccountID(arn.account)
            region = arn.region
            name = try LayerName(String(parts[1]))
            self.version = version
        } catch {
            throw .layerMalformed(text)
        }
    }

    /// The layer's ARN, without the version.
    package var layerARN: String { "arn:aws:lambda:\(region):\(account):layer:\(name)" }

    package var description: String { "\(layerARN):\(version)" }
}

extension LayerReference: RawRepresentable, Codable {
    package var rawValue: String { description }

    package init?(rawValue: String) {
        do { try self.init(rawValue) } catch { return nil }
    }
}
