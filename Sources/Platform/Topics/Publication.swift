import Core
import EventPattern
import Storage
import Vault

/// A message on its way to whoever subscribed to a topic.
package struct Publication: Sendable {
    /// Bytes of a message with its attributes, and of all messages of a batch.
    package static let limit = 262_144
    private static let subjectLimit = 100

    package var message: String
    package var subject: String?
    /// Whether the message is JSON with a text for each way to an endpoint.
    package var isStructured = false
    package var attributes: [MessageAttribute] = []
    package var group: String?
    package var deduplication: String?
    /// What identifies it to its receivers; a FIFO topic gives another in its place.
    package var id = MessageID()
    package var time = Instant.now
    /// On FIFO topics only, once it has its place.
    package var sequence: String?
    package var descent: Descent
    package var trace: TraceContext

    /// A message without anything else.
    package init(message: String, descent: Descent = Descent(), trace: TraceContext = TraceContext()) {
        self.message = message
        self.descent = descent
        self.trace = trace
    }

    /// What counts against the limits of messages and batches.
    package var size: Int {
        message.utf8.count + (subject?.utf8.count ?? 0) + attributes.reduce(0) { $0 + $1.size }
    }

    /// Refuses what a topic cannot take, in AWS's words.
    package func check(for topic: NotificationTopic) throws(TopicError) {
        guard !message.isEmpty else { throw .badParameter("Invalid parameter: Empty message") }
        guard size <= Self.limit else { throw .badParameter("Invalid parameter: Message too long") }
        if let subject { try Self.check(subject: subject) }
        if isStructured { _ = try texts() }
        for attribute in attributes { try Self.check(attribute) }
        for (name, id) in [("MessageGroupId", group), ("MessageDeduplicationId", deduplication)] {
            guard let id else { continue }
            guard (1...128).contains(id.utf8.count), id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw .badParameter(
                    "Invalid parameter: \(name) Reason: \(name) can only include alphanumeric and punctuation "
                        + "characters. 1 to 128 in length")
            }
        }
        guard let fifo = topic.settings.fifo else {
            guard deduplication == nil else {
                throw .badParameter(
                    "Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId "
                        + "parameter that is not valid for this topic type")
            }
            return
        }
        guard group != nil else {
            throw .badParameter("Invalid parameter: The MessageGroupId parameter is required for FIFO topics")
        }
        guard deduplication != nil || fifo.deduplicatesByContent else {
            throw .badParameter(
                "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or "
                    + "MessageDeduplicationId provided explicitly")
        }
    }

    /// ASCII that begins with a letter, a digit or punctuation, without control characters, so no line can be added to
    /// the head of a mail with it.
    private static func check(subject: String) throws(TopicError) {
        let bytes = subject.utf8
        guard (1...subjectLimit).contains(bytes.count), bytes.first != 0x20,
            bytes.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw .badParameter("Invalid parameter: Subject") }
    }

    private static func check(_ attribute: MessageAttribute) throws(TopicError) {
        do throws(QueueError) { try attribute.check() } catch {
            let sentence =
                switch error {
                case .badRequest(let sentence): sentence
                case .attributeEmpty(let name, let type):
                    "The message attribute '\(name)' must contain non-empty message attribute value for message "
                        + "attribute type '\(type)'."
                default: "The message attribute '\(attribute.name)' has an invalid value."
                }
            throw .badValue("Invalid parameter value: \(sentence)")
        }
        guard attribute.type == "String.Array", case .text(let text) = attribute.value else { return }
        // Anything but an array is refused with one sentence.
        guard let elements = (try? JSON(parsing: text))?.array,
            elements.allSatisfy({ $0.array == nil && $0.object == nil })
        else {
            throw .badValue(
                "Invalid parameter value: The message attribute '\(attribute.name)' must contain a JSON array of "
                    + "strings, numbers, true, false and null.")
        }
    }

    /// The texts of a structured message.
    private func texts() throws(TopicError) -> [String: String] {
        let place = "Invalid parameter: Message Structure - "
        let json: JSON
        do { json = try JSON(parsing: message) } catch {
            throw .badParameter(
                place + "JSON message body failed to parse: \(error.reason) at byte \(error.offset)")
        }
        guard let members = json.object?.members else {
            throw .badParameter(place + "JSON message body failed to parse: it is not an object")
        }
        var texts: [String: String] = [:]
        for member in members {
            // Texts for ways that are not served here may be anything.
            guard let text = member.value.string else { continue }
            texts[member.key] = text
        }
        guard texts["default"] != nil else { throw .badParameter(place + "No default entry in JSON message body") }
        return texts
    }

    /// The text that goes one way.
    func text(for way: Subscription.Way) -> String {
        guard isStructured else { return message }
        // It was checked when it was published.
        let texts = (try? texts()) ?? [:]
        return texts[way.rawValue] ?? texts["default"] ?? ""
    }

    /// What a FIFO topic tells duplicates by.
    func deduplicationKey(in topic: NotificationTopic) -> String? {
        guard let fifo = topic.settings.fifo else { return nil }
        let id = deduplicationID
        return fifo.deduplicatesInGroup
            ? "\(topic.incarnation) \(group ?? "") \(id)" : "\(topic.incarnation) \(id)"
    }

    /// What FIFO queues tell duplicates by.
    var deduplicationID: String { deduplication ?? SHA256Digest.hex(of: Array(message.utf8)) }

    /// The attributes as filters see them.
    var filterAttributes: [UInt8] {
        var seen: [String: SubscriptionAttribute] = [:]
        for attribute in attributes {
            let text = if case .text(let text) = attribute.value { text } else { "" }
            seen[attribute.name] = SubscriptionAttribute(type: attribute.type, text: text)
        }
        return SubscriptionFilter.event(of: seen)
    }
}

/// A publication that waits for its topic: too much for one commit, or in order with others.
extension Publication {
    static let subjectNote = "subject"
    private static let structureNote = "structure"

    /// The publication as a parcel for its topic.
    func parcel(for topic: ARN, in account: AccountID) -> Parcel {
        var parcel = Parcel(
            id: id.requestID, account: account, target: topic.description,
            sender: Sender(service: NotificationSender.service, source: topic.description), descent: descent,
            trace: trace, created: time, payload: Array(message.utf8))
        parcel.attributes = attributes
        parcel.group = group
        parcel.deduplication = deduplication
        if let subject { parcel.notes[Self.subjectNote] = subject }
        if isStructured { parcel.notes[Self.structureNote] = "json" }
        return parcel
    }

    /// What is in a parcel for a topic, from whomever it comes.
    init(_ parcel: Parcel, for topic: NotificationTopic) {
        message = String(decoding: parcel.payload, as: UTF8.self)
        subject = parcel.notes[Self.subjectNote]
        isStructured = parcel.notes[Self.structureNote] != nil
        attributes = parcel.attributes
        group = parcel.group
        deduplication = parcel.deduplication
        id = MessageID(parcel.id)
        time = parcel.created
        descent = parcel.descent
        trace = parcel.trace
        if topic.isFIFO, let order = parcel.order { place(as: order, in: topic) }
    }

    /// Gives it its place in the order of a FIFO topic, and the id that goes with it.
    mutating func place(as item: ItemID, in topic: NotificationTopic) {
        id = MessageID(of: item, in: topic.incarnation)
        sequence = SequenceNumber.text(item)
    }
}
