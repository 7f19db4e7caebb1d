import Core

/// A path that leads to exactly one place, where a value can be put: `$.a.b[0]`.
///
/// Step Functions calls it a reference path and uses it for `ResultPath`.
package struct ReferencePath: Hashable, Sendable {
    /// Why a value could not be put in place.
    package enum Mismatch: Error, Hashable, Sendable {
        /// Something other than an object or array is in the way.
        case notAContainer(at: PathStep)
        /// An array has no such element, nor would it be the next.
        case noSuchElement(index: Int)
    }

    package let text: String
    package let steps: [PathStep]

    /// How many steps a reference path may have.
    static let maximumSteps = 100

    /// Takes a path whose every segment leads to one child, beginning at the document; `nil` for every other.
    package init?(_ path: JSONPath) {
        guard path.root == .document, !path.endsInLength, let steps = path.steps, steps.count <= Self.maximumSteps,
            steps.allSatisfy({ if case .index(let index) = $0 { index >= 0 } else { true } })
        else { return nil }
        text = path.text
        self.steps = steps
    }

    /// The document with a value in place: what is missing on the way is made, what was there is replaced.
    package func inserting(_ value: JSON, into document: JSON) throws(Mismatch) -> JSON {
        try Self.insert(value, steps[...], into: document)
    }

    private static func insert(
        _ value: JSON, _ steps: ArraySlice<PathStep>, into document: JSON?
    ) throws(Mismatch) -> JSON {
        guard let step = steps.first else { return value }
        switch (step, document) {
        case (.name(let name), nil):
            return .object(JSONObject([(name, try insert(value, steps.dropFirst(), into: nil))]))
        case (.name(let name), .object(var members)?):
            members[name] = try insert(value, steps.dropFirst(), into: members[name])
            return .object(members)
        case (.index(let index), .array(var elements)?) where elements.indices.contains(index):
            elements[index] = try insert(value, steps.dropFirst(), into: elements[index])
            return .array(elements)
        case (.index(let index), .array), (.index(let index), nil): throw .noSuchElement(index: index)
        default: throw .notAContainer(at: step)
        }
    }
}
