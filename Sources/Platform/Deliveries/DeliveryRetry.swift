/// For how long a target that cannot be reached now is tried.
package struct DeliveryRetry: Hashable, Sendable, Codable {
    /// How often it is tried once more.
    package let attempts: Int
    /// How old, in seconds, a parcel may become.
    package let age: Int

    /// The seconds before each time it is tried once more; longer and longer where nothing is said.
    package var delays: [Int]?

    /// Up to 185 times, for a day: what EventBridge does where nothing was said.
    package static let standard = DeliveryRetry(attempts: 185, age: 86_400)

    /// Takes both.
    package init(attempts: Int, age: Int) {
        self.attempts = attempts
        self.age = age
    }
}
