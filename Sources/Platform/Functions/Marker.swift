import Core

/// Where a list goes on: what callers pass back to get the next page.
package enum Marker {
    /// The text that stands for the last thing shown.
    package static func text(_ last: String) -> String { Base64.encode(Array(last.utf8)) }

    /// What was shown last; anything that is no marker is refused.
    package static func last(_ text: String?) throws(FunctionError) -> String? {
        guard let text, !text.isEmpty else { return nil }
        guard text.utf8.count <= 2048, let bytes = Base64.decode(text),
            let last = String(validating: bytes, as: UTF8.self)
        else { throw .markerMalformed }
        return last
    }
}

/// A part of a list, and where it goes on.
package struct Listing<Element: Sendable>: Sendable {
    package var elements: [Element]
    package var next: String?

    /// Puts a page together.
    package init(_ elements: [Element], next: String?) {
        self.elements = elements
        self.next = next
    }

    /// A page of a list that is in memory and ordered by `id`.
    package init(
        of all: [Element], after marker: String?, limit: Int, id: (Element) -> String
    ) throws(FunctionError) {
        let last = try Marker.last(marker)
        let start = last.map { last in all.firstIndex { id($0) > last } ?? all.endIndex } ?? all.startIndex
        elements = Array(all[start...].prefix(limit))
        let reached = start + elements.count
        next = reached < all.endIndex ? elements.last.map { Marker.text(id($0)) } : nil
    }
}
