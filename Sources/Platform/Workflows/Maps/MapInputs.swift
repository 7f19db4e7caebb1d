import Core
import StatesLanguage

/// The inputs of the executions of a distributed map one after the other, of which a few megabytes are held at a time.
struct MapInputs {
    private let order: MapRunOrder
    private let items: [JSON]
    private var evaluation: Evaluation
    private var place = 0
    private var made: [JSON] = []

    init(_ order: MapRunOrder, _ items: [JSON], _ evaluation: Evaluation) {
        self.order = order
        self.items = items
        self.evaluation = evaluation
    }

    /// The next input, or why it cannot be made, which nothing follows; `nil` behind the last one.
    mutating func next() -> Result<JSON, StateFailure>? {
        if made.isEmpty {
            guard place < items.count else { return nil }
            do throws(StateFailure) {
                let (inputs, next) = try order.inputs(for: items, from: place, &evaluation)
                made = inputs.reversed()
                place = next
            } catch {
                place = items.count
                return .failure(error)
            }
        }
        return made.popLast().map { .success($0) }
    }
}
