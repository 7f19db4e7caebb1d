/// One statement of a policy, compiled.
///
/// A value in all but name: nothing in it changes, and looking at one copies none of its lists.
package final class Statement: Sendable {
    package let sid: String?
    package let effect: Effect
    let actions: [ActionPattern]
    /// Whether the actions are those that are not meant: `NotAction`.
    let exceptsActions: Bool
    /// Empty in a trust policy, whose resource is the role itself.
    let resources: [TextPattern]
    /// Whether the resources are those that are not meant: `NotResource`.
    let exceptsResources: Bool
    /// `nil` in a policy of an identity, which is the principal itself.
    let principals: PrincipalList?
    package let conditions: [Condition]

    /// Takes parts that were checked.
    init(
        sid: String?, effect: Effect, actions: [ActionPattern], exceptsActions: Bool, resources: [TextPattern],
        exceptsResources: Bool, principals: PrincipalList?, conditions: [Condition]
    ) {
        self.sid = sid
        self.effect = effect
        self.actions = actions
        self.exceptsActions = exceptsActions
        self.resources = resources
        self.exceptsResources = exceptsResources
        self.principals = principals
        self.conditions = conditions
    }
}
