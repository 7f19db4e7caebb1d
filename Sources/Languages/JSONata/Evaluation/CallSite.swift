/// Where a function is called, for its errors, and what is around the call.
struct CallSite {
    /// What `$` is there, which stands in for arguments that are not given.
    var input: Value
    var position: Int?
    var token: String?
    var depth: Int
    /// The variables there, for `$eval`.
    var environment: Environment?

    /// A call by a function that was given another: it has no context.
    var fromFunction: CallSite {
        var site = self
        site.input = .null
        return site
    }
}
