/// Why a function refuses its arguments, in words.
struct IntrinsicFlaw: Error {
    let words: String

    init(_ words: String) { self.words = words }
}
