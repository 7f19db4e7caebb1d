/// An error an operation answers with: its code as the model spells it, and words for the caller.
///
/// The status comes from the model's error shape unless `status` says otherwise; 400 where neither does.
package struct WireError: Error, Hashable, Sendable {
    package let code: String
    package let message: String
    package let status: Int?
    /// Further members of the model's error shape, such as `Type` or `Reason`.
    package let details: WireFields

    /// Names the error and says in a sentence what is wrong.
    package init(_ code: String, _ message: String, status: Int? = nil, details: WireFields = WireFields()) {
        self.code = code
        self.message = message
        self.status = status
        self.details = details
    }
}
