import Platform
import Sandboxing

/// What was found on a machine, and what follows from it for functions.
struct Diagnosis {
    /// One thing that was looked at.
    struct Finding: Equatable {
        enum State: String { case fine, weaker, missing }

        let name: String
        let state: State
        let found: String
        /// What follows, and what to do; nothing where all is well.
        let consequence: String?

        /// The finding for a person to read.
        func line(inColour: Bool) -> String {
            let (mark, colour) =
                switch state {
                case .fine: ("ok  ", "\u{1B}[32m")
                case .weaker: ("weak", "\u{1B}[33m")
                case .missing: ("MISS", "\u{1B}[31m")
                }
            let shown = inColour ? "\(colour)\(mark)\u{1B}[0m" : mark
            let padded = name + String(repeating: " ", count: max(1, 18 - name.count))
            return "\(shown)  \(padded)\(found)" + (consequence.map { "\n      \($0)" } ?? "")
        }
    }

    let findings: [Finding]

    /// Judges what a probe found; `disk` is the room where the data folder lies, if there is one.
    init(_ machine: SandboxCapabilities, _ interpreters: Interpreters, disk: DiskRoom? = nil) {
        findings =
            [
                Self.bubblewrap(machine), Self.namespaces(machine), Self.lateMount(machine), Self.groups(machine),
                Self.seccomp(machine), Self.landlock(machine), Self.user(machine),
            ] + Self.languages(interpreters) + (disk.map { [Self.room($0)] } ?? [])
    }

    private static func room(_ disk: DiskRoom) -> Finding {
        let found = "\(disk.free >> 20) of \(disk.size >> 20) MiB free"
        if disk.free < 1 << 20 {
            return Finding(
                name: "data folder", state: .missing, found: "\(found): the disk is full",
                consequence: "What would have to be stored is refused; reading and stops of the governor go on. Make "
                    + "room: the server goes on by itself.")
        }
        guard disk.free >= 64 << 20 else {
            return Finding(
                name: "data folder", state: .weaker, found: found,
                consequence: "Soon nothing more can be stored. Make room, or move the folder to a larger disk.")
        }
        return Finding(name: "data folder", state: .fine, found: found, consequence: nil)
    }

    private static func bubblewrap(_ machine: SandboxCapabilities) -> Finding {
        guard let version = machine.bubblewrap else {
            return Finding(
                name: "bubblewrap", state: .missing, found: "not installed",
                consequence: "No sandbox can be made. Install it: apt-get install bubblewrap")
        }
        return Finding(name: "bubblewrap", state: .fine, found: version, consequence: nil)
    }

    private static func namespaces(_ machine: SandboxCapabilities) -> Finding {
        guard machine.userNamespaces else {
            return Finding(
                name: "user namespaces", state: .missing, found: "not allowed",
                consequence: "No sandbox can be made. Allow them: sysctl kernel.unprivileged_userns_clone=1 (on Ubuntu "
                    + "also kernel.apparmor_restrict_unprivileged_userns=0)")
        }
        return Finding(name: "user namespaces", state: .fine, found: "allowed", consequence: nil)
    }

    private static func lateMount(_ machine: SandboxCapabilities) -> Finding {
        guard machine.lateMount else {
            return Finding(
                name: "late mounts", state: .missing, found: "the kernel has no open_tree and move_mount",
                consequence: "Code cannot be mounted into a parked sandbox. A kernel of 5.12 or newer is needed.")
        }
        return Finding(name: "late mounts", state: .fine, found: "yes", consequence: nil)
    }

    private static func groups(_ machine: SandboxCapabilities) -> Finding {
        let wanted: [CgroupController] = [.memory, .cpu, .pids]
        let lacking = wanted.filter { !machine.controllers.contains($0) }.map { "\($0)" }
        let version = machine.cgroups.map { "\($0)" } ?? "none"
        guard lacking.isEmpty else {
            return Finding(
                name: "control groups", state: .weaker, found: "\(version), without \(lacking.joined(separator: ", "))",
                consequence:
                    "These are limited for each process at best, not for a function as a whole, and REPORT lines do not "
                    + "know the memory used. Run as root, or delegate a v2 group (systemd: Delegate=yes).")
        }
        return Finding(
            name: "control groups", state: .fine, found: "\(version) with memory, cpu and pids", consequence: nil)
    }

    private static func seccomp(_ machine: SandboxCapabilities) -> Finding {
        guard machine.seccomp else {
            return Finding(
                name: "seccomp", state: .missing, found: "the kernel has no system call filter",
                consequence: "Sandboxes are refused without it. A kernel with CONFIG_SECCOMP_FILTER is needed.")
        }
        return Finding(name: "seccomp", state: .fine, found: "yes", consequence: nil)
    }

    private static func landlock(_ machine: SandboxCapabilities) -> Finding {
        guard machine.landlock > 0 else {
            return Finding(
                name: "Landlock", state: .weaker, found: "not in this kernel",
                consequence: "The file system is confined by mounts alone, without the second layer.")
        }
        return Finding(name: "Landlock", state: .fine, found: "version \(machine.landlock)", consequence: nil)
    }

    private static func user(_ machine: SandboxCapabilities) -> Finding {
        guard machine.isRoot else {
            return Finding(
                name: "user", state: .weaker, found: "not root",
                consequence: "All sandboxes share this user's id: they are kept apart by namespaces alone.")
        }
        return Finding(
            name: "user", state: .fine, found: "root; each sandbox gets a user id of its own", consequence: nil)
    }

    private static func languages(_ interpreters: Interpreters) -> [Finding] {
        [("Python", interpreters.python, "python3"), ("Node.js", interpreters.node, "nodejs")].map {
            name, path, package in
            guard let path else {
                return Finding(
                    name: name, state: .weaker, found: "not installed",
                    consequence:
                        "Its functions are refused. apt-get install \(package), or martlet serve --runtimes DIR")
            }
            return Finding(name: name, state: .fine, found: path, consequence: nil)
        }
    }
}
