import Core

/// What a schedule calls, as whom, and with what.
package struct ScheduleTarget: Hashable, Sendable, Codable {
    /// How long what could not be delivered is tried: EventBridge Scheduler's bounds and standards.
    package struct Retry: Hashable, Sendable, Codable {
        /// How often it is tried once more.
        package let attempts: Int
        /// How old, in seconds, it may become; also how late a fire time that fell into a stop is still delivered.
        package let age: Int

        /// Up to 185 times, for a day.
        package static let standard = Retry(attempts: 185, age: 86_400)

        /// Takes both.
        package init(attempts: Int, age: Int) {
            self.attempts = attempts
            self.age = age
        }
    }

    package let arn: String
    package let role: RoleARN
    package let input: String?
    /// `nil` where nothing was said.
    package let retry: Retry?
    /// The queue for what could not be delivered.
    package let deadLetter: String?

    /// Bytes of an input.
    package static let inputLimit = 262_144

    /// Takes a target of a kind that is served, and an input that its kind takes.
    package init(
        arn: String, role: RoleARN, input: String?, retry: Retry?, deadLetter: String?
    ) throws(ScheduleError) {
        guard let parsed = try? ARN(arn) else { throw .malformedTarget }  // All that matters is that it is none.
        guard parsed.service == "lambda", Self.function(arn) != nil else { throw .unservedTarget(arn) }
        if let input {
            guard input.utf8.count <= Self.inputLimit else { throw .inputTooLarge(limit: Self.inputLimit) }
            do { _ = try JSON(parsing: input) } catch { throw .inputNotJSON(byte: error.offset) }
        }
        self.arn = arn
        self.role = role
        self.input = input
        self.retry = retry
        self.deadLetter = deadLetter
    }

    /// The function that an ARN names; `nil` if it names something else.
    static func function(_ arn: String) -> FunctionReference? { try? FunctionReference(arn) }
}
