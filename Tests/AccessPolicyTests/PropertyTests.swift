import AccessPolicy
import Core
import Testing

/// What must hold of every set of policies, tried on many made by chance.
struct PropertyTests {
    private static let rounds = 500

    @Test func `an explicit denial always wins, and nothing else is one`() throws {
        try each { (random: inout RandomSituation) throws in
            let (authorization, request) = try random.situation()
            let explanation = authorization.explain(request, random.context)
            let denies = explanation.applied.contains { $0.effect == .deny }
            if case .explicitlyDenied(let by) = explanation.decision {
                #expect(explanation.applied.contains { $0.statement == by && $0.effect == .deny })
            } else {
                #expect(!denies)
            }
            if case .allowed(let by?) = explanation.decision {
                #expect(explanation.applied.contains { $0.statement == by && $0.effect == .allow })
            }
            if case .implicitlyDenied(let kind) = explanation.decision, kind != .session {
                let allowing = explanation.applied.filter { $0.statement.kind == kind }
                #expect(allowing.isEmpty || kind == .resource, "\(kind)")
            }
        }
    }

    @Test func `the order of statements and of policies does not matter`() throws {
        try each { (random: inout RandomSituation) throws in
            var drafts = random.drafts()
            let request = random.request()
            let first = try drafts.authorization().decide(request, random.context)
            drafts.identity = drafts.identity.map { $0.shuffled(using: &random.chance) }.shuffled(
                using: &random.chance)
            drafts.resource = drafts.resource?.shuffled(using: &random.chance)
            drafts.boundary = drafts.boundary?.shuffled(using: &random.chance)
            drafts.session = drafts.session?.map { $0.shuffled(using: &random.chance) }
            let second = try drafts.authorization().decide(request, random.context)
            #expect(Self.outcome(first) == Self.outcome(second))
        }
    }

    @Test func `one more that allows never turns allowed into denied`() throws {
        try each { (random: inout RandomSituation) throws in
            var drafts = random.drafts()
            let request = random.request()
            guard try drafts.authorization().decide(request, random.context).isAllowed else { return }
            drafts.identity.append([random.statement(effect: "Allow")])
            drafts.resource?.append(random.statement(effect: "Allow", forResource: true))
            drafts.boundary?.append(random.statement(effect: "Allow"))
            drafts.session?.append([random.statement(effect: "Allow")])
            #expect(try drafts.authorization().decide(request, random.context).isAllowed)
        }
    }

    @Test func `one more that denies never turns denied into allowed`() throws {
        try each { (random: inout RandomSituation) throws in
            var drafts = random.drafts()
            let request = random.request()
            guard try !drafts.authorization().decide(request, random.context).isAllowed else { return }
            drafts.identity.append([random.statement(effect: "Deny")])
            drafts.resource?.append(random.statement(effect: "Deny", forResource: true))
            if drafts.boundary == nil { drafts.boundary = [random.statement()] }
            if drafts.session == nil, case .user = request.requester { drafts.session = [[random.statement()]] }
            #expect(try !drafts.authorization().decide(request, random.context).isAllowed)
        }
    }

    @Test func `one more that cannot match changes nothing`() throws {
        let others = [
            #""Action":"nothing:Here","Resource":"*""#, #""NotAction":"*","Resource":"*""#,
            #""Action":"*","Resource":"arn:aws:none:::x""#, #""Action":"*","NotResource":"*""#,
            #""Action":"*","Resource":"*","Condition":{"StringEquals":{"x:none":"a"}}"#,
            #""Action":"*","Resource":"*","Condition":{"Null":{"x:a":[]}}"#,
        ]
        try each { (random: inout RandomSituation) throws in
            var drafts = random.drafts()
            let request = random.request()
            let first = try drafts.authorization().decide(request, random.context)
            for effect in ["Allow", "Deny"] {
                for other in others {
                    let statement = #"{"Effect":"\#(effect)",\#(other)}"#
                    for index in drafts.identity.indices { drafts.identity[index].append(statement) }
                    drafts.boundary?.append(statement)
                }
            }
            #expect(try drafts.authorization().decide(request, random.context) == first)
        }
    }

    private static func outcome(_ decision: Decision) -> String {
        switch decision {
        case .allowed: "allowed"
        case .explicitlyDenied: "denied"
        case .implicitlyDenied(let kind): "missing \(kind)"
        }
    }

    private func each(_ body: (inout RandomSituation) throws -> Void) throws {
        for seed in 0..<Self.rounds {
            var random = RandomSituation(seed: UInt64(seed))
            try body(&random)
        }
    }
}

/// The texts of the policies of one situation.
struct Drafts {
    var identity: [[String]]
    var resource: [String]?
    var boundary: [String]?
    var session: [[String]]?

    /// Compiles them.
    func authorization() throws -> Authorization {
        try Authorization(
            identity: identity.enumerated().map { try policy($1, name: "identity-\($0)") },
            resource: resource.map { .of(try policy($0, name: "resource", use: .resource)) } ?? .none,
            boundary: boundary.map { try policy($0, name: "boundary") },
            session: session?.enumerated().map { try policy($1, name: "session-\($0)") })
    }
}

/// Makes policies and requests by chance, out of few enough words that they meet.
struct RandomSituation {
    var chance: Chance

    /// Starts from a seed.
    init(seed: UInt64) { chance = Chance(state: seed) }

    /// The same circumstances for every request.
    let context: (ContextKey) -> ContextValue? = { key in
        switch key.name {
        case "x:a": .text("1")
        case "x:list": .texts(["1", "2"])
        case "aws:sourceip": .text("203.0.113.7")
        default: nil
        }
    }

    /// Policies and a request.
    mutating func situation() throws -> (Authorization, AccessRequest) { (try drafts().authorization(), request()) }

    /// Policies.
    mutating func drafts() -> Drafts {
        Drafts(
            identity: (0..<pick([1, 2, 3])).map { _ in statements() },
            resource: pick([true, false]) ? statements(forResource: true) : nil,
            boundary: pick([true, false, false]) ? statements() : nil,
            session: pick([true, false, false]) ? [statements(), statements()] : nil)
    }

    /// A request.
    mutating func request() -> AccessRequest {
        AccessRequest(
            pick([World.ada, World.job, World.guest, .root(World.own), World.events, .anonymous]),
            ActionName(pick(["lambda:InvokeFunction", "lambda:GetFunction", "s3:GetObject"])),
            on: pick([World.function, "arn:aws:s3:::b/ada", "*"]), of: pick([World.own, World.own, World.other]))
    }

    private mutating func statements(forResource: Bool = false) -> [String] {
        (0..<pick([1, 2, 3, 6])).map { _ in statement(forResource: forResource) }
    }

    /// A statement.
    mutating func statement(effect: String? = nil, forResource: Bool = false) -> String {
        let effect = effect ?? pick(["Allow", "Allow", "Allow", "Deny"])
        var members = [
            #""Effect":"\#(effect)""#,
            pick([
                #""Action":"*""#, #""Action":"lambda:*""#, #""Action":["lambda:InvokeFunction","s3:Get*"]"#,
                #""NotAction":"lambda:Invoke*""#, #""NotAction":["s3:*"]"#, #""Action":"LAMBDA:getfunction""#,
            ]),
            pick([
                #""Resource":"*""#, #""Resource":"arn:aws:lambda:*:*:function:*""#,
                #""Resource":"arn:aws:s3:::b/${aws:username}""#, #""NotResource":"arn:aws:s3:::*""#,
                #""NotResource":"arn:aws:s3:::b/${aws:username}""#,
            ]),
        ]
        if forResource {
            members.append(
                pick([
                    #""Principal":"*""#, #""Principal":{"AWS":"111122223333"}"#,
                    #""Principal":{"AWS":"arn:aws:iam::111122223333:role/worker"}"#,
                    #""NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/team/ada"}"#,
                    #""Principal":{"Service":"events.amazonaws.com"}"#,
                ]))
        }
        let conditions = [
            nil, nil, nil, #"{"StringEquals":{"x:a":"1"}}"#, #"{"StringNotEquals":{"x:a":["1","2"]}}"#,
            #"{"StringEquals":{"x:none":"1"}}"#, #"{"StringNotEquals":{"x:none":"1"}}"#,
            #"{"ForAnyValue:StringEquals":{"x:list":"2"}}"#, #"{"StringEquals":{"x:list":"2"}}"#,
            #"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
            #"{"StringNotLike":{"x:a":"${aws:username}"}}"#,
        ]
        if let condition = pick(conditions) { members.append(#""Condition":\#(condition)"#) }
        return "{" + members.shuffled(using: &chance).joined(separator: ",") + "}"
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int(chance.next() % UInt64(values.count))]
    }
}

/// SplitMix64: the same for the same seed.
struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
