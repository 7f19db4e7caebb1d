import Core

/// How calls of an outside endpoint prove who they are, as it is kept: sealed, because it holds secrets.
package struct EventConnection: Hashable, Sendable, Codable {
    /// What tells it apart from others of its name, before and after; part of its ARN.
    package let id: String
    package let created: Instant
    package var modified: Instant
    package var settings: Settings
    package var isAuthorized = true

    /// What somebody says of it.
    package struct Settings: Hashable, Sendable, Codable {
        package var authorization: String
        /// The parameters as they were said, secrets among them, as JSON.
        package var parameters: String
        package var summary: String?
        package var keyID: String?

        /// Takes the kind of the proof, and what it is made of.
        package init(authorization: String, parameters: String) {
            self.authorization = authorization
            self.parameters = parameters
        }
    }

    init(_ settings: Settings, at now: Instant) {
        id = RequestID().description
        (created, modified) = (now, now)
        self.settings = settings
    }
}

/// An outside endpoint to which events may go, as it is kept.
package struct EventDestination: Hashable, Sendable, Codable {
    package let id: String
    package let created: Instant
    package var modified: Instant
    package var settings: Settings

    /// What somebody says of it.
    package struct Settings: Hashable, Sendable, Codable {
        package var connection: String
        package var endpoint: String
        package var method: String
        /// Calls a second.
        package var rate: Int
        package var summary: String?

        /// Takes the connection's ARN, and what is called how.
        package init(connection: String, endpoint: String, method: String, rate: Int = 300) {
            self.connection = connection
            self.endpoint = endpoint
            self.method = method
            self.rate = rate
        }
    }

    init(_ settings: Settings, at now: Instant) {
        id = RequestID().description
        (created, modified) = (now, now)
        self.settings = settings
    }
}
