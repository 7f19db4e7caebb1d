/// What a caller's name for a function means now: the versions a call may reach, and the limits that hold for it.
package struct ResolvedFunction: Sendable {
    package let name: FunctionName
    /// The function as it is told apart from others, whichever version runs.
    package let key: FunctionKey

    /// How it was called: none, `$LATEST`, a version or an alias.
    package let qualifier: Qualifier?

    /// The ARN as called, with the qualifier where the caller gave one.
    package let invokedARN: String
    package let reservedConcurrency: Int?
    package let eventInvoke: EventInvokeConfiguration
    /// Whether a chain of calls ends where it comes back to the function again and again.
    package let endsLoops: Bool
    /// Its tags, by their keys in lower case: what conditions of policies ask for.
    package let tags: [String: String]
    /// Who is told how its asynchronous calls ended.
    package let channels: ResultChannels
    /// Where it answers plain HTTP, if it does.
    package let url: FunctionURL?
    /// The text of the policy that says who else may call it so, if there is one.
    package let policy: String?
    package let main: FunctionVersion
    private let additional: (version: FunctionVersion, weight: Double)?

    /// Puts together what was found.
    package init(
        name: FunctionName, qualifier: Qualifier?, invokedARN: String, reservedConcurrency: Int?,
        eventInvoke: EventInvokeConfiguration, endsLoops: Bool = true,
        tags: [String: String] = [:], channels: ResultChannels = ResultChannels(), url: FunctionURL? = nil,
        policy: String? = nil, main: FunctionVersion,
        additional: (version: FunctionVersion, weight: Double)? = nil
    ) {
        self.name = name
        key = FunctionKey(account: main.account, name: name)
        self.qualifier = qualifier
        self.invokedARN = invokedARN
        self.reservedConcurrency = reservedConcurrency
        self.eventInvoke = eventInvoke
        self.endsLoops = endsLoops
        self.tags = tags
        self.channels = channels
        self.url = url
        self.policy = policy
        self.main = main
        self.additional = additional
    }

    /// Every version that a call may reach.
    package var versions: [FunctionVersion] { additional.map { [main, $0.version] } ?? [main] }

    /// The account whose function it is.
    package var account: AccountID { main.account }

    /// Whether an alias splits the calls, so that each one draws.
    package var splits: Bool { additional != nil }

    /// The version for one call, by a number drawn from 0 up to but not 1.
    package func version(drawing number: @autoclosure () -> Double = .random(in: 0..<1)) -> FunctionVersion {
        guard let additional, number() < additional.weight else { return main }
        return additional.version
    }
}
