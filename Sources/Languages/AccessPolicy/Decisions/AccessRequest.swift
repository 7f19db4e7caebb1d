import Core

/// What is asked: who wants to do what to which resource of whose account.
///
/// A value in all but name: hundreds of statements look at one request, and none copies it.
package final class AccessRequest: Sendable {
    package let requester: Requester
    package let action: ActionName
    /// The resource's ARN, or `*` where the action names none.
    package let resource: String
    package let owner: AccountID
    let trigrams: Trigrams
    let tags: TagFilter

    /// Takes an action such as `lambda:InvokeFunction`, and the ARN of what it is done to; `tags` are all of who asks, where
    /// lookups know no others.
    package init(
        _ requester: Requester, _ action: ActionName, on resource: String, of owner: AccountID,
        tags: TagFilter = .unknown
    ) {
        self.requester = requester
        self.action = action
        self.resource = resource
        self.owner = owner
        self.tags = tags
        trigrams = Trigrams(of: resource.utf8)
    }

    /// The value of a condition's key: of those about who asks the request's own, of others what the lookup gives.
    func value(of key: ContextKey, _ lookUp: (ContextKey) -> ContextValue?) -> ContextValue? {
        switch key.principalKey {
        case .resourceAccount: .text(owner.text)
        case let own?: requester.value(of: own)
        case nil: key.isMissing(tags) ? nil : lookUp(key)
        }
    }
}
