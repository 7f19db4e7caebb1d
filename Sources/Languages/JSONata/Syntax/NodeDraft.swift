/// One part of an expression while it is parsed; an object, so that the parser, which recurses, holds no copies.
final class NodeDraft {
    var kind: NodeKind
    var position: Int
    /// The steps of a path, which grows in place.
    var steps: [Int] = []
    var predicates: [Int] = []
    var stages: [Node.Stage] = []
    var group: Node.Group?
    var keepsArray = false
    var keepsSingleton = false
    var focus: String?
    var index: String?
    /// The number of a parent slot.
    var ancestor: Int?
    var isTuple = false
    var isConstructed = false
    var isTail = false
    /// The slots of `%` in it whose steps are further out.
    var seeking: [Int] = []

    init(_ kind: NodeKind, at position: Int) {
        self.kind = kind
        self.position = position
    }
}
