import AccessPolicy
import Core
import Storage
import Synchronization
import Testing
import Vault

@testable import Platform

/// Parcels that become calls of operations.
@Suite struct OperationRouteTests {
    /// Answers as a test says, and keeps what was asked.
    private final class Door: ServedOperations {
        let calls = Mutex<[ServedCall]>([])
        let fault: ServedFault?

        init(_ fault: ServedFault?) { self.fault = fault }

        func serves(_ operation: ServedOperation) -> Bool { operation.service != "absent" }

        func perform(_ call: ServedCall) async throws(ServedFault) -> ServedAnswer {
            calls.withLock { $0.append(call) }
            if let fault { throw fault }
            return ServedAnswer([:])
        }
    }

    private let trusted =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"scheduler.amazonaws.com"},"#
        + #""Action":"sts:AssumeRole"}]}"#

    private func parcel(
        _ target: String, _ input: String = "{}", role: String? = "does"
    ) throws -> Parcel {
        Parcel(
            account: .standard, target: "arn:aws:scheduler:::aws-sdk:\(target)",
            sender: Sender(
                service: "scheduler.amazonaws.com", source: "arn:aws:scheduler:us-east-1:000000000000:schedule/g/s",
                role: try role.map { try RoleARN("arn:aws:iam::000000000000:role/\($0)") }),
            descent: Descent(depth: 3), trace: TraceContext(), payload: Array(input.utf8))
    }

    /// What becomes of a parcel, and the calls that were made.
    private func outcome(
        of parcel: Parcel, fault: ServedFault? = nil
    ) async throws -> (refusal: DeliveryRefusal?, calls: [ServedCall]) {
        let store = MemoryStore()
        let keys = Keys(store: store, root: RootKey())
        let identity = Identity(
            account: .standard, store: store, key: try await keys.key(for: "identity", in: .standard))
        try await identity.create(
            RoleRecord(
                name: try EntityName("does"), path: "/", trust: try PolicyDocument(trusted, use: .trust),
                description: nil, created: .now))
        let door = Door(fault)
        switch try await OperationRoute(operations: door, identity: identity).delivery(of: parcel) {
        case .errand(let errand):
            guard case .refused(let refusal) = await errand() else { return (nil, door.calls.withLock { $0 }) }
            return (refusal, door.calls.withLock { $0 })
        case .refused(let refusal): return (refusal, door.calls.withLock { $0 })
        case .operations:
            Issue.record("a call is no write")
            return (nil, [])
        }
    }

    @Test func `a parcel becomes a call as its role, in its lineage, under its id`() async throws {
        let parcel = try parcel("sqs:sendMessage", #"{"MessageBody":"b"}"#)
        let outcome = try await outcome(of: parcel)
        let call = try #require(outcome.calls.first)
        #expect(outcome.refusal == nil && outcome.calls.count == 1)
        #expect(call.operation.description == "sqs:sendMessage" && call.parameters == ["MessageBody": "b"])
        #expect(call.principal.arn.description == "arn:aws:sts::000000000000:assumed-role/does/scheduler")
        #expect(call.id == parcel.id && call.descent == parcel.descent)
        #expect(call.caller == "scheduler.amazonaws.com")
    }

    @Test func `nobody waits for a function`() async throws {
        for (input, kind) in [
            ("{}", "Event"), (#"{"InvocationType":"RequestResponse"}"#, "Event"),
            (#"{"InvocationType":"DryRun"}"#, "DryRun"),
        ] as [(String, JSON)] {
            let outcome = try await outcome(of: parcel("lambda:invoke", input))
            #expect(outcome.calls.first?.parameters["InvocationType"] == kind, "\(input)")
        }
    }

    @Test func `what cannot be called is refused for good, and nothing is called`() async throws {
        for (parcel, code) in [
            (try parcel("absent:doThis"), "TARGET_NOT_SERVED"), (try parcel("sqs"), "TARGET_NOT_SERVED"),
            (try parcel("sqs:sendMessage", "{"), "INVALID_PARAMETER"),
            (try parcel("sqs:sendMessage", role: nil), "NO_PERMISSIONS"),
            (try parcel("sqs:sendMessage", role: "gone"), "NO_PERMISSIONS"),
        ] {
            let outcome = try await outcome(of: parcel)
            #expect(outcome.refusal?.code == code && outcome.refusal?.isPassing == false, "\(parcel.target)")
            #expect(outcome.calls.isEmpty, "\(parcel.target)")
        }
    }

    @Test func `a fault says whether the call is made again`() async throws {
        func fault(_ kind: ServedFault.Kind, _ code: String, _ status: Int) -> ServedFault {
            ServedFault(kind, service: "Sqs", code: code, message: "m", status: status)
        }
        for (fault, code, isPassing) in [
            (fault(.denied, "AccessDenied", 403), "NO_PERMISSIONS", false),
            (fault(.malformed, "SerializationException", 400), "INVALID_PARAMETER", false),
            (fault(.notServed, "UnknownOperationException", 404), "TARGET_NOT_SERVED", false),
            (fault(.refused, "QueueDoesNotExist", 400), "QueueDoesNotExist", false),
            (fault(.refused, "TooManyRequestsException", 429), "TooManyRequestsException", true),
            (fault(.refused, "ThrottlingException", 400), "ThrottlingException", true),
            (fault(.refused, "ServiceException", 500), "ServiceException", true),
        ] {
            let refusal = try await outcome(of: parcel("sqs:sendMessage"), fault: fault).refusal
            #expect(refusal?.code == code && refusal?.isPassing == isPassing, "\(fault)")
        }
    }
}
