/// What the namespace holds in which bubblewrap runs: itself, its libraries, processes, five devices, and the roots.
enum BaseRoot {
    /// The entries, with bubblewrap from this path of the host.
    static func entries(bubblewrap: String) -> [RootEntry] {
        ["tmp", "roots", "usr/bin"].map { RootEntry($0, .directory) }
            + [RootEntry("proc", .host("/proc"))]
            + ["null", "zero", "full", "random", "urandom"].map { RootEntry("dev/\($0)", .device("/dev/\($0)")) }
            + [
                RootEntry("dev/fd", .symlink("/proc/self/fd")), RootEntry("dev/stdin", .symlink("/proc/self/fd/0")),
                RootEntry("dev/stdout", .symlink("/proc/self/fd/1")),
                RootEntry("dev/stderr", .symlink("/proc/self/fd/2")),
                RootEntry(String(BubblewrapArguments.program.dropFirst()), .bind(bubblewrap)),
            ]
            + RuntimeLibraries.loader
    }
}
