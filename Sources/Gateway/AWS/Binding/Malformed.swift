/// The bytes of a request do not say what the model asks for; the text tells the caller why.
struct Malformed: Error, Hashable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
