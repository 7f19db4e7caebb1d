import Glibc

/// How many descriptors the process may have: what a function may hold open on its way out alone takes a few hundred.
enum DescriptorLimit {
    /// Takes all that the system allows; where that cannot be had, the limit stays as it is.
    static func raise() {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        // SAFETY: the calls write and read the one value that they are given.
        guard unsafe getrlimit(files, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(files, &limit)
    }
}
