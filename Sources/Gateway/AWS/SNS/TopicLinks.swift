import Core
import Platform

/// The links in notifications: whoever follows one need not sign, because what it allows is sealed in it.
struct TopicLinks: Sendable {
    /// The operations that links stand for.
    private static let operations: Set<String> = ["ConfirmSubscription", "Unsubscribe"]
    private static let namespace = "http://sns.amazonaws.com/doc/2010-03-31/"

    let topics: Topics

    /// Whether a path is that of a link.
    static func serves(_ path: String) -> Bool { path.hasPrefix(NotificationLinks.path) }

    /// The operation that a link stands for; `nil` where it is that of the certificate.
    static func operation(_ request: WireRequest) throws -> OperationModel? {
        if request.rawPath == "\(NotificationLinks.path)/certificate.pem" { return nil }
        let action = try parameters(request)["Action"] ?? ""
        guard request.rawPath == NotificationLinks.path, request.method == "GET", operations.contains(action),
            let operation = ServiceCatalog.embedded.model(named: "sns")?.operations[action]
        else { throw WireError("NotFound", "There is no such link.", status: 404) }
        return operation
    }

    /// The certificate that signatures are checked with, as text.
    func certificate() async throws -> String { try await topics.home.certificate() }

    /// What a link allows: to confirm a subscription, or to end one.
    enum Permit: Sendable {
        case confirm(TopicAddress, token: String)
        case unsubscribe(SubscriptionAddress, token: String)
    }

    /// What a link allows; `nil` where nobody gave it out, or too long ago.
    ///
    /// Whoever makes links up learns nothing of what there is.
    func permit(_ request: WireRequest, _ operation: OperationModel, _ region: Region) async throws -> Permit? {
        let parameters = try Self.parameters(request)
        guard let token = parameters["Token"] else { return nil }
        if operation.name == "ConfirmSubscription" {
            guard let topic = Self.arn(parameters["TopicArn"]).flatMap({ TopicAddress($0, region: region) }),
                try await topics.gaveOut(token, toConfirmAt: topic)
            else { return nil }
            return .confirm(topic, token: token)
        }
        guard
            let place = Self.arn(parameters["SubscriptionArn"]).flatMap({ SubscriptionAddress($0, region: region) }),
            try await topics.gaveOut(token, toEnd: place)
        else { return nil }
        return .unsubscribe(place, token: token)
    }

    /// Does what a link allows; the answer is XML.
    func follow(_ permit: Permit, _ call: Call) async throws -> [UInt8] {
        do throws(TopicError) {
            switch permit {
            case .confirm(let address, let token):
                let id = try await topics.confirm(token, of: address, isSigned: false, guardsItsEnd: false)
                let arn = SubscriptionAddress(topic: address, id: id).arn(in: call.region)
                return Self.answer("ConfirmSubscription", ("SubscriptionArn", arn.description), call)
            case .unsubscribe(let place, let token):
                try await topics.unsubscribe(place, token: token)
                return Self.answer("Unsubscribe", nil, call)
            }
        } catch { throw SNSError.wire(error) }
    }

    private static func parameters(_ request: WireRequest) throws -> [String: String] {
        do throws(Malformed) {
            return Dictionary(
                try PercentCoding.pairs(request.rawQuery).map { ($0.name, $0.value) },
                uniquingKeysWith: { first, _ in first })
        } catch { throw SNSError.invalid("The link is malformed: \(error.reason)") }
    }

    // What is no ARN names nothing.
    private static func arn(_ text: String?) -> ARN? { text.flatMap { try? ARN($0) } }

    private static func answer(_ operation: String, _ result: (String, String)?, _ call: Call) -> [UInt8] {
        var xml = XMLWriter(shapes: ShapeTable(JSONObject()), times: .iso8601)
        xml.element("\(operation)Response", attributes: [("xmlns", namespace)]) { xml in
            if let (name, value) = result { xml.element("\(operation)Result") { $0.element(name, text: value) } }
            xml.element("ResponseMetadata") { $0.element("RequestId", text: call.requestID.description) }
        }
        return xml.bytes
    }
}
