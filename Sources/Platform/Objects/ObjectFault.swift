/// Why an object was not read or written.
package enum ObjectFault: Error, Equatable {
    /// There is no such object, or no such bucket.
    case absent
    /// A policy stands in the way, in its words.
    case denied(String)
    /// The store could not do it, in words that a person may see.
    case failed(String)
}

extension ObjectFault {
    /// What the cause of an error says.
    var words: String {
        switch self {
        case .absent: "there is no such object or bucket"
        case .denied(let reason), .failed(let reason): reason
        }
    }
}
