import Core
import Platform

/// What one operation of SQS is given: the call, its input, and the queue that the input names.
struct SQSRequest: Sendable {
    let call: Call
    let input: WireValue
    let address: QueueAddress?
    /// The queue, if it is there.
    let queue: Queue?

    /// What the operation acts on: the queue, else the account.
    var resource: Resource {
        address.map { .named($0.arn(in: call.region), owner: $0.account) } ?? .account(call.account)
    }

    /// The queue, or the refusal that there is none.
    func existing() throws(QueueError) -> Queue {
        guard let queue else { throw .missing }
        return queue
    }

    /// The queue's address, of an operation that needs no queue yet.
    func named() throws(QueueError) -> QueueAddress {
        guard let address else { throw .parameterMissing("QueueName") }
        return address
    }

    /// Under which URL a queue is reached by this caller.
    func url(of address: QueueAddress) -> String { "\(call.endpoint)/\(address.account)/\(address.name)" }

    /// The queue that the input names by URL, by name, or by ARN; `nil` where it names none.
    static func address(in input: WireValue, of call: Call) throws(QueueError) -> QueueAddress? {
        if let url = input["QueueUrl"]?.string { return try address(url: url) }
        if let handle = input["TaskHandle"]?.string {
            guard let move = MoveHandle(handle, region: call.region) else { throw .noSuchMove }
            return move.source
        }
        if let text = input["SourceArn"]?.string {
            guard let address = QueueAddress(arn: text, region: call.region) else {
                throw .badValue(text, parameter: "SourceArn", reason: "You must use this format: 'arn:...'.")
            }
            return address
        }
        guard let text = input["QueueName"]?.string else { return nil }
        var account = call.account
        if let owner = input["QueueOwnerAWSAccountId"]?.string {
            // An account that cannot be one has no queues.
            guard let id = try? AccountID(owner) else { throw .missing }
            account = id
        }
        do { return QueueAddress(account: account, name: try QueueName(text)) } catch {
            throw .badRequest("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
        }
    }

    /// The last two segments of a URL's path are account and name, whatever the host.
    private static func address(url: String) throws(QueueError) -> QueueAddress {
        let segments = url.split(separator: "/", omittingEmptySubsequences: false).suffix(2)
        // What is no account or no name is the address of nothing.
        guard segments.count == 2, let first = segments.first, let account = try? AccountID(String(first)),
            let last = segments.last, let name = try? QueueName(String(last))
        else {
            throw .badRequest("The address \(url.prefix(512)) is not valid for this endpoint.")
        }
        return QueueAddress(account: account, name: name)
    }
}
