/// One step of a path that leads to exactly one place.
package enum PathStep: Hashable, Sendable {
    case name(String)
    case index(Int)
}
