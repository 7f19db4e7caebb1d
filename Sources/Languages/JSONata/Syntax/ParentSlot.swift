/// What one `%` looks for.
struct ParentSlot {
    /// The name under which the parent is bound: no variable can have it.
    var label: String
    /// How many steps further out it is.
    var level = 1
}
