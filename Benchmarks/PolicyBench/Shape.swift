import AccessPolicy

/// How a thousand statements are spread, and what they ask; each is as unkind as its words say.
enum Shape: String, CaseIterable {
    case services = "40 services"
    case single = "40 services, 1000 policies of 1"
    case wildcards = "lambda:Inv*, each another function"
    case functions = "this action, each another function"
    case versions = "this action, each another function's versions"
    case everything = "any action, each another function by wildcards"
    case middles = "this action, each another piece within the name"
    case splits = "this action, this function by each other wildcards, a condition that fails"
    case actions = "this function, each another action by wildcards"
    case exceptions = "all but another function each"
    case variables = "a variable in each resource"
    case tags = "each another variable in the resource"
    case defaults = "each another variable with a default in the resource"
    case condition = "this action and function, the same range of addresses"
    case addresses = "this action and function, each another range of addresses"
    case numbers = "this action and function, each another number"
    case dates = "this action and function, each another date"
    case texts = "this action and function, each another text by wildcards"
    case arns = "this action and function, each another ARN by wildcards"
    case sources = "this action and function, a variable in each ARN by wildcards"
    case keys = "this action and function, each another tag of who asks"
    case values = "this action and function, a variable in each value"

    static let resource = "arn:aws:lambda:us-east-1:111122223333:function:orders"
    private static let function = "arn:aws:lambda:us-east-1:111122223333:function:"

    /// A thousand statements.
    func policies() throws -> [NamedPolicy] {
        let size = self == .single ? 1 : 50
        return try (0..<(1000 / size)).map { number in
            let statements = (0..<size).map { statement(number * size + $0) }.joined(separator: ",")
            let text = #"{"Version":"2012-10-17","Statement":["# + statements + "]}"
            return try NamedPolicy("policy-\(number)", Policy(parsing: text, use: .identity))
        }
    }

    private func statement(_ number: Int) -> String {
        let effect = number % 10 == 0 ? "Deny" : "Allow"
        let element = self == .exceptions ? "NotResource" : "Resource"
        let condition = condition(number).map { #","Condition":{\#($0)}"# } ?? ""
        return
            #"{"Effect":"\#(effect)","Action":"\#(action(number))","\#(element)":"\#(resource(number))"\#(condition)}"#
    }

    private func action(_ number: Int) -> String {
        switch self {
        case .services, .single: "service\(number % 40):Action\(number)"
        case .wildcards: "lambda:Inv*"
        case .everything: "*"
        case .actions: "lambda:*\(number)*"
        case .variables: "lambda:*"
        default: "lambda:InvokeFunction"
        }
    }

    private func resource(_ number: Int) -> String {
        switch self {
        case .services, .single: "*"
        case .wildcards: "\(Self.function)task-\(number)-*"
        case .functions, .exceptions: "\(Self.function)task-\(number)"
        case .versions: "\(Self.function)task-\(number):*"
        case .everything: "arn:aws:lambda:*:*:function:task-\(number)*"
        case .middles: "\(Self.function)*-\(number)-*"
        case .splits: Self.split(number)
        case .variables: "\(Self.function)${aws:username}-\(number)"
        case .defaults: "\(Self.function)${aws:PrincipalTag/tag-\(number), 'task-\(number)'}"
        case .tags: "\(Self.function)${aws:PrincipalTag/tag-\(number)}"
        default: Self.resource
        }
    }

    private func condition(_ number: Int) -> String? {
        switch self {
        case .splits: #""Null":{"aws:SourceIp":"true"}"#
        case .exceptions: #""Null":{"aws:SourceIp":"true"}"#
        case .condition: #""IpAddress":{"aws:SourceIp":"198.51.100.0/24"}"#
        case .addresses: #""IpAddress":{"aws:SourceIp":"10.\#(number / 250).\#(number % 250).0/24"}"#
        case .numbers: #""NumericLessThan":{"x:Count":"\#(number)"}"#
        case .dates: #""DateLessThan":{"aws:CurrentTime":"\#(1000 + number)-01-01"}"#
        case .texts: #""StringLike":{"aws:UserAgent":"*agent-\#(number)/*"}"#
        case .arns: #""ArnLike":{"aws:SourceArn":"arn:aws:*:*:*:rule/\#(number)-*"}"#
        case .sources: #""ArnLike":{"aws:SourceArn":"arn:aws:*:*:*:rule/${aws:username}-\#(number)-*"}"#
        case .keys: #""StringEquals":{"aws:PrincipalTag/tag-\#(number)":"billing-\#(number)"}"#
        case .values: #""StringEquals":{"aws:UserAgent":"${aws:username}-\#(number)"}"#
        default: nil
        }
    }

    /// The function's ARN with a run of anything in the region, the account and the rest, elsewhere for each number.
    private static func split(_ number: Int) -> String {
        var bytes = Array(resource.utf8)
        for place in [40 + number / 80 % 13, 27 + number / 8 % 10, 16 + number % 8] {
            bytes.insert(UInt8(ascii: "*"), at: place)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
