import CSeccomp
import Glibc

/// The system calls that nothing in a sandbox needs, and that lead out of one.
enum DeniedCalls {
    /// A call that is answered with an error, always or where all the conditions hold.
    struct Rule {
        var name: String
        var errno: Int32 = EPERM
        var conditions: [Condition] = []
    }

    /// A comparison of one argument.
    struct Condition {
        var argument: UInt32
        var comparison: scmp_compare
        var first: UInt64
        var second: UInt64 = 0

        /// The argument has these bits under a mask.
        static func bits(_ argument: UInt32, mask: UInt64, are value: UInt64) -> Condition {
            Condition(argument: argument, comparison: SCMP_CMP_MASKED_EQ, first: mask, second: value)
        }
    }

    static let rules: [Rule] =
        always.map { Rule(name: $0) } + [Rule(name: "clone3", errno: ENOSYS)] + namespaces + sockets + terminals

    /// Mounts, namespaces, other processes' memory, kernel memory, clocks, keys, tracing, and what is long obsolete.
    static let always = """
        mount umount umount2 pivot_root chroot move_mount open_tree open_tree_attr fsopen fsconfig fsmount fspick \
        mount_setattr statmount listmount setns unshare \
        ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise process_mrelease \
        bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register memfd_secret \
        add_key request_key keyctl \
        init_module finit_module delete_module create_module query_module get_kernel_syms kexec_load kexec_file_load \
        reboot swapon swapoff acct quotactl quotactl_fd syslog sethostname setdomainname vhangup \
        settimeofday clock_settime clock_adjtime adjtimex stime iopl ioperm modify_ldt vm86 vm86old \
        open_by_handle_at name_to_handle_at fanotify_init fanotify_mark lookup_dcookie \
        mbind set_mempolicy set_mempolicy_home_node migrate_pages move_pages \
        nfsservctl uselib ustat sysfs _sysctl
        """.split(separator: " ").map(String.init)

    /// `clone3` keeps its flags where a filter cannot look, so it is not there at all; threads are made without it.
    private static let namespaces: [Rule] = [
        UInt64(0x0002_0000), 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000,
    ].map { Rule(name: "clone", conditions: [.bits(0, mask: $0, are: $0)]) }

    /// Sockets are local ones or IP, and never raw.
    private static let sockets: [Rule] =
        ([0] + (3...9)).map { (family: UInt64) in
            socket(Condition(argument: 0, comparison: SCMP_CMP_EQ, first: family))
        } + [
            socket(Condition(argument: 0, comparison: SCMP_CMP_GT, first: UInt64(AF_INET6))),
            socket(.bits(1, mask: 0xf, are: 3)),
        ]

    /// Nothing is typed into a terminal on behalf of its user.
    private static let terminals: [Rule] = [UInt64(0x5412), 0x541c].map {
        Rule(name: "ioctl", conditions: [.bits(1, mask: 0xffff_ffff, are: $0)])
    }

    private static func socket(_ condition: Condition) -> Rule {
        Rule(name: "socket", errno: EAFNOSUPPORT, conditions: [condition])
    }
}
