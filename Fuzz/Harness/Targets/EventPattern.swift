import Core

@testable import EventPattern

extension FuzzTarget {
    /// The pattern language of events.
    static let eventPattern = [eventPatterns, eventFilters]

    /// A pattern on the first line, an event on the second.
    private static let eventPatterns = FuzzTarget(
        "event-patterns",
        texts: [
            """
            {"a":[1,"x",null,{"prefix":"a"},{"suffix":{"equals-ignore-case":"Ü"}},{"wildcard":"a*b\\\\*"}],"b":[{"exists":false}]}
            {"a":["ab","\\u00fc",1e0],"c":[{"a":1},[{"b":2}]]}
            """,
            """
            {"$or":[{"a":{"b":[{"numeric":[">",-1.5,"<=",1e9]}]}},{"a.c":[{"cidr":"10.0.0.0/8"},"::1"]}]}
            {"a":[{"b":0},{"c":"10.1.2.3"}],"a.c":"0:0:0:0:0:0:0:1"}
            """,
            """
            {"a":[{"anything-but":["x","y"]},{"anything-but":{"wildcard":["*a*","b*"]}},{"anything-but":[1,2]}]}
            {"a":"z","a":[true,{"a":false}]}
            """,
        ]
    ) { bytes in
        let (text, event) = bytes.halves()
        guard let pattern = accepted({ try EventPattern(parsing: text.text) }) else {
            _ = accepted { try EventExplanation(of: EventPattern(parsing: #"{"a":[1]}"#), on: event) }
            return
        }
        var rules = RuleSet<Int>()
        rules.add(pattern, as: 1)
        let found = accepted { try rules.names(matching: event) }
        let explanation = accepted { try EventExplanation(of: pattern, on: event) }
        require((found == [1]) == (explanation?.matches == true), "rules and explanation differ")
        // Whatever is read is JSON, and all objects are read.
        let parsed = accepted { try JSON(parsing: event) }
        require(found == nil || parsed?.object != nil, "an event that is no JSON was read")
        _ = explanation?.description
        rules.remove(1)
        require(accepted { try rules.names(matching: event) } ?? [] == [], "a rule that was removed matches")
    }

    /// A filter on the first line, a payload on the second.
    private static let eventFilters = FuzzTarget(
        "event-filters",
        texts: [
            "{\"body\":{\"a\":[1]}}\n{\"a\":1}", "{\"body\":[\"x\"]}\nx",
            "{\"a\":[\"x\",{\"anything-but\":\"y\"}]}\n[\"x\",1]",
        ]
    ) { bytes in
        let (text, payload) = bytes.halves()
        let source = accepted { try EventSourceFilter(parsing: [text.text], payloadName: "body") }
        _ = accepted { try source?.accepts(JSONObject([("messageId", "1")]), payload: payload) }
        for scope in [SubscriptionFilter.Scope.messageAttributes, .messageBody] {
            let filter = accepted { try SubscriptionFilter(parsing: text.text, scope: scope) }
            _ = accepted { try filter?.accepts(body: payload) }
            for type in ["String", "String.Array", "Number", "Binary"] {
                let attribute = SubscriptionAttribute(type: type, text: payload.text)
                _ = accepted { try filter?.accepts(attributes: ["a": attribute]) }
            }
        }
    }
}
