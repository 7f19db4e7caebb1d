import CSandbox
import CSeccomp
import Glibc

/// What the runtime in a sandbox may ask of the kernel, as the program that seccomp runs at each system call.
///
/// Everything is allowed but what is named in `DeniedCalls`: programs are many, and the ways out of a sandbox few.
struct SyscallFilter: Sendable {
    /// The program, as the kernel takes it.
    let program: [UInt8]

    /// Compiles the filter for this machine.
    init() throws(SandboxError) {
        // SAFETY: the context lives until the end of this function, and only here.
        guard let context = unsafe seccomp_init(0x7fff_0000) else { throw .unsupported("libseccomp") }
        defer { unsafe seccomp_release(context) }
        // A binary tree instead of a list of comparisons.
        _ = unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2)
        for rule in DeniedCalls.rules {
            guard unsafe Self.add(rule, to: context) else { throw .unsupported("libseccomp rule for \(rule.name)") }
        }
        program = try unsafe Self.export(context)
    }

    /// A call that this libseccomp does not know is one that this rule cannot be about.
    @unsafe private static func add(_ rule: DeniedCalls.Rule, to context: scmp_filter_ctx) -> Bool {
        // SAFETY: the name and the list of conditions are read during the calls only.
        let number = unsafe seccomp_syscall_resolve_name(rule.name)
        guard number != -1 else { return true }
        let action = 0x0005_0000 | UInt32(rule.errno)
        let conditions = rule.conditions.map {
            scmp_arg_cmp(arg: $0.argument, op: $0.comparison, datum_a: $0.first, datum_b: $0.second)
        }
        return unsafe conditions.withUnsafeBufferPointer { list in
            unsafe seccomp_rule_add_array(context, action, number, UInt32(list.count), list.baseAddress) == 0
        }
    }

    @unsafe private static func export(_ context: scmp_filter_ctx) throws(SandboxError) -> [UInt8] {
        // SAFETY: the context is alive, and no more bytes are read than the buffer holds.
        let file = OwnedDescriptor(taking: sandbox_memory_file())
        guard unsafe seccomp_export_bpf(context, file.borrowed) == 0 else { throw .unsupported("libseccomp") }
        return unsafe [UInt8](unsafeUninitializedCapacity: 32768) { buffer, count in
            count = max(0, unsafe pread(file.borrowed, buffer.baseAddress, buffer.count, 0))
        }
    }
}
