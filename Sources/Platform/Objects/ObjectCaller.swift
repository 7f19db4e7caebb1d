import Core

/// Who asks for objects: an execution, as the role of its machine.
package struct ObjectCaller: Sendable {
    package let role: RoleARN
    package let machine: ARN
    package let execution: ARN
    package let descent: Descent
    package let trace: TraceContext
}
