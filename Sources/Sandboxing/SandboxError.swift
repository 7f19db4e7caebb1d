import Glibc

/// What can go wrong with a sandbox, told apart by whose limit or fault it is.
package enum SandboxError: Error, Equatable, Sendable {
    /// The host could not make or change a sandbox: what was tried, and the system's error number.
    case host(tried: String, errno: Int32)
    /// The host has no room for another sandbox or request now.
    case hostBusy
    /// The function's own limit is too small for what already runs in its sandbox.
    case limitTooSmall(file: String)
    /// The function's code has no program to run where one is looked for.
    case noProgram(errno: Int32)
    /// The sandbox serves a function already; it serves one in its life.
    case alreadyAssigned
    /// The process that makes sandboxes has ended.
    case starterGone
    /// The machine lacks something without which nothing can be confined.
    case unsupported(String)
}

extension SandboxError {
    /// Reads what the starter told of a failure.
    init(tried: String, errno: Int32) {
        switch (tried, errno) {
        case ("exec", _): self = .noProgram(errno: errno)
        case ("slots", _): self = .hostBusy
        case (_, EALREADY): self = .alreadyAssigned
        case (_, EBUSY) where tried.hasPrefix("limit "): self = .limitTooSmall(file: String(tried.dropFirst(6)))
        default: self = .host(tried: tried, errno: errno)
        }
    }
}
