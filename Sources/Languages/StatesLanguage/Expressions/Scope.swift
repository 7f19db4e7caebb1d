import Core

/// What expressions of a state can see.
package struct Scope: Sendable {
    /// What `$` is: the input of the state, or the result of its task.
    package var document: JSON
    /// What `$$` is.
    package var context: JSON
    /// What `$name` is.
    package var variables: [String: JSON]
    /// What the object of states in JSONata holds besides input and context.
    package var result: JSON?
    package var errorOutput: JSON?

    /// Takes what there is before a state runs.
    package init(document: JSON, context: JSON = .object(JSONObject()), variables: [String: JSON] = [:]) {
        self.document = document
        self.context = context
        self.variables = variables
    }

    /// The same with another document.
    package func with(document: JSON) -> Scope {
        var scope = self
        scope.document = document
        return scope
    }

    /// What JSONata binds: all variables, and the object of states.
    ///
    /// `input` is the raw input of the state.
    package func bindings(input: JSON) -> [String: JSON] {
        var states = JSONObject([("input", input), ("context", context)])
        if let result { states["result"] = result }
        if let errorOutput { states["errorOutput"] = errorOutput }
        var bindings = variables
        bindings["states"] = .object(states)
        return bindings
    }
}
