import Core

/// What a context object given to a test may hold.
enum ContextCheck {
    /// Reads the text of a context object; throws what may not be in it.
    static func context(parsing text: String) throws(StateTestFlaw) -> JSON {
        // What is wrong with the text, its author sees best.
        guard let context = try? JSON(parsing: text), let members = context.object else {
            throw .request("Invalid Context object provided: Context must be a valid JSON object")
        }
        for member in members.members {
            guard member.key != "Map" else {
                throw invalid("'Map' field is not supported when mocking a Context object")
            }
            guard let fields = fields[member.key] else { throw invalid("Field '\(member.key)' is not allowed") }
            guard let values = member.value.object else { throw invalid("\(member.key) must be an object") }
            for value in values.members {
                guard let type = fields[value.key] else { throw invalid("Field '\(value.key)' is not allowed") }
                guard type == "any" || value.value.typeName == type else {
                    throw invalid("\(member.key).\(value.key) must be \(type == "object" ? "an" : "a") \(type)")
                }
            }
        }
        return context
    }

    private static let fields: [String: [String: String]] = [
        "Execution": [
            "Id": "string", "Input": "any", "Name": "string", "RoleArn": "string", "StartTime": "string",
            "RedriveCount": "number", "RedriveTime": "string",
        ],
        "State": ["EnteredTime": "string", "Name": "string", "RetryCount": "number"],
        "StateMachine": ["Id": "string", "Name": "string"],
        "Task": ["Token": "string"],
    ]

    private static func invalid(_ words: String) -> StateTestFlaw {
        .request("Invalid Context object provided: \(words)")
    }
}
