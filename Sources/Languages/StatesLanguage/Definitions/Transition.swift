/// Where a state goes on when it is done.
package enum Transition: Hashable, Sendable {
    case next(String)
    case end
}
