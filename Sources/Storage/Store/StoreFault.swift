/// An error that the store may be behind, so that whoever answers callers can tell a full disk from a defect, whatever the
/// features on the way made of it.
package protocol StoreCaused: Error {
    /// What the store said, if it was that.
    var storeError: StoreError? { get }
}

extension StoreError: StoreCaused {
    package var storeError: StoreError? { self }
}

/// What the store, or something that lies in it, failed with: what features pass on of it.
package struct StoreFault: StoreCaused, Equatable {
    /// For the log.
    package let words: String
    package let storeError: StoreError?

    /// Takes the words of an error, and the store's own if it was behind it.
    package init(_ error: any Error) {
        words = "\(error)"
        storeError = (error as? any StoreCaused)?.storeError
    }

    /// Says what is wrong with what the store holds.
    package init(words: String) {
        self.words = words
        storeError = nil
    }
}

extension StoreFault: CustomStringConvertible {
    package var description: String { words }
}
