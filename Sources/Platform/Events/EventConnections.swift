import Core
import Storage

/// The connections and API destinations of an account, sealed with the key of the default bus.
///
/// What is delivered to them goes by `EventDestinations`.
package struct EventConnections: Sendable {
    private static let connections = "event-connection"
    private static let destinations = "event-destination"

    private let buses: EventBuses

    /// Keeps them beside the buses of an account.
    package init(buses: EventBuses) { self.buses = buses }

    /// The ARN of a connection.
    package func arn(_ name: RuleName, _ connection: EventConnection) -> ARN {
        buses.arn(prefix: "connection/\(name)/\(connection.id)")
    }

    /// The ARN of an API destination.
    package func arn(_ name: RuleName, _ destination: EventDestination) -> ARN {
        buses.arn(prefix: "api-destination/\(name)/\(destination.id)")
    }

    /// Makes a connection.
    package func create(
        _ name: RuleName, _ settings: EventConnection.Settings
    ) async throws(EventBusError) -> EventConnection {
        let connection = EventConnection(settings, at: buses.now)
        guard try await count(Self.connections) < buses.limits.connections else {
            throw .tooMany(.connections, limit: buses.limits.connections)
        }
        guard try await write(connection, Self.connections, name, expect: .absent) else {
            throw .connectionExists(name)
        }
        return connection
    }

    /// Changes a connection.
    package func change(
        connection name: RuleName, _ body: (inout EventConnection) -> Void
    ) async throws(EventBusError) -> EventConnection {
        var found = try await find(connection: name)
        body(&found.value)
        found.value.modified = buses.now
        guard try await write(found.value, Self.connections, name, expect: .version(found.version)) else {
            throw .changedMeanwhile
        }
        return found.value
    }

    /// Deletes a connection, and its secrets with it.
    package func delete(connection name: RuleName) async throws(EventBusError) -> EventConnection {
        let found = try await find(connection: name)
        try await delete(Self.connections, name, found.version)
        return found.value
    }

    /// A connection.
    package func connection(_ name: RuleName) async throws(EventBusError) -> EventConnection {
        try await find(connection: name).value
    }

    /// All connections, by name.
    package func allConnections() async throws(EventBusError) -> [(name: RuleName, connection: EventConnection)] {
        let all: [(name: RuleName, value: EventConnection)] = try await buses.list(Self.connections)
        return all.map { ($0.name, $0.value) }
    }

    /// Makes an API destination for a connection that is there.
    package func create(
        _ name: RuleName, _ settings: EventDestination.Settings
    ) async throws(EventBusError) -> EventDestination {
        try await check(settings)
        guard try await count(Self.destinations) < buses.limits.destinations else {
            throw .tooMany(.destinations, limit: buses.limits.destinations)
        }
        let destination = EventDestination(settings, at: buses.now)
        guard try await write(destination, Self.destinations, name, expect: .absent) else {
            throw .destinationExists(name)
        }
        return destination
    }

    /// Changes an API destination.
    package func change(
        destination name: RuleName, _ body: (inout EventDestination.Settings) -> Void
    ) async throws(EventBusError) -> EventDestination {
        var found = try await find(destination: name)
        body(&found.value.settings)
        try await check(found.value.settings)
        found.value.modified = buses.now
        guard try await write(found.value, Self.destinations, name, expect: .version(found.version)) else {
            throw .changedMeanwhile
        }
        return found.value
    }

    /// Deletes an API destination.
    package func delete(destination name: RuleName) async throws(EventBusError) {
        let found = try await find(destination: name)
        try await delete(Self.destinations, name, found.version)
    }

    /// An API destination.
    package func destination(_ name: RuleName) async throws(EventBusError) -> EventDestination {
        try await find(destination: name).value
    }

    /// All API destinations, by name.
    package func allDestinations() async throws(EventBusError) -> [(name: RuleName, destination: EventDestination)] {
        let all: [(name: RuleName, value: EventDestination)] = try await buses.list(Self.destinations)
        return all.map { ($0.name, $0.value) }
    }

    /// The connection with an ARN.
    func connection(at arn: String) async throws(EventBusError) -> (name: RuleName, value: EventConnection) {
        guard let name = Self.name(in: arn) else { throw .connectionMissing(arn) }
        let connection = try await find(connection: name).value
        guard self.arn(name, connection).description == arn else { throw .connectionMissing(arn) }
        return (name, connection)
    }

    /// The API destination with an ARN.
    func destination(at arn: String) async throws(EventBusError) -> EventDestination {
        guard let name = Self.name(in: arn) else { throw .destinationMissing(arn) }
        let destination = try await find(destination: name).value
        guard self.arn(name, destination).description == arn else { throw .destinationMissing(arn) }
        return destination
    }

    /// The name in `arn:…:connection/NAME/ID`.
    private static func name(in arn: String) -> RuleName? {
        arn.split(separator: "/").dropFirst().first.flatMap { RuleName(rawValue: String($0)) }
    }

    private func check(_ settings: EventDestination.Settings) async throws(EventBusError) {
        _ = try await connection(at: settings.connection)
    }

    private func find(connection name: RuleName) async throws(EventBusError) -> EventRecords.Found<EventConnection> {
        let place = RecordKey(kind: Self.connections, id: name.text)
        guard let found = try await buses.records.read(place, as: EventConnection.self) else {
            throw .connectionMissing(name.text)
        }
        return found
    }

    private func find(destination name: RuleName) async throws(EventBusError) -> EventRecords.Found<EventDestination> {
        let place = RecordKey(kind: Self.destinations, id: name.text)
        guard let found = try await buses.records.read(place, as: EventDestination.self) else {
            throw .destinationMissing(name.text)
        }
        return found
    }

    private func write(
        _ value: some Encodable & Sendable, _ kind: String, _ name: RuleName, expect: Expect
    ) async throws(EventBusError) -> Bool {
        let put = try await buses.records.put(
            value, at: RecordKey(kind: kind, id: name.text), key: try buses.live(.standard).key, expect: expect)
        return try await buses.records.commit([put]) != nil
    }

    private func delete(_ kind: String, _ name: RuleName, _ version: Int64) async throws(EventBusError) {
        let operation = WriteOperation.delete(RecordKey(kind: kind, id: name.text), expect: .version(version))
        guard try await buses.records.commit([operation]) != nil else { throw .changedMeanwhile }
    }

    private func count(_ kind: String) async throws(EventBusError) -> Int {
        try await buses.records.scan(.kind(kind), after: nil, limit: 10_000).records.count
    }
}
