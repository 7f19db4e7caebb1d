import Core
import JSONata

@testable import StatesLanguage

extension JSONataLanguage {
    /// The JSONata of Step Functions, as an engine plugs it in.
    static let test = JSONataLanguage { (text) throws(JSONataFailure) in
        let expression: JSONataExpression
        do throws(JSONataError) {
            expression = try JSONataExpression(parsing: text, dialect: .stepFunctions)
        } catch {
            throw JSONataFailure(message: "\(error.code): \(error)")
        }
        return { (bindings, time, seed) throws(JSONataFailure) in
            do throws(JSONataError) {
                return try expression.value(of: nil, bindings: bindings, now: time, seed: seed)
            } catch {
                throw JSONataFailure(message: "\(error.code): \(error)")
            }
        }
    }
}
