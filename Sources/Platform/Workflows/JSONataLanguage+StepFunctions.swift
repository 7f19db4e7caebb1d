import Core
import JSONata
import StatesLanguage

extension JSONataLanguage {
    /// The JSONata of Step Functions.
    package static let stepFunctions = JSONataLanguage { (text) throws(JSONataFailure) in
        let expression: JSONataExpression
        do throws(JSONataError) {
            expression = try JSONataExpression(parsing: text, dialect: .stepFunctions)
        } catch {
            // What is wrong with a definition is told without the code, as Step Functions tells it.
            throw JSONataFailure(message: "\(error)")
        }
        return Compiled(inputReferences: expression.inputReferences) { (bindings, time, seed) throws(JSONataFailure) in
            do throws(JSONataError) {
                return try expression.value(of: nil, bindings: bindings, now: time, seed: seed)
            } catch {
                throw JSONataFailure(message: "\(error.code): \(error)")
            }
        }
    }
}
