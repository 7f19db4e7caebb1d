/// A function that an expression defines, with what was around it.
struct Lambda {
    let program: Program
    let parameters: [String]
    let signature: Signature?
    let body: Int
    let input: Value
    let environment: Environment
}
