/// The shared libraries of the host, and what they read: the loader, time zones, certificates, the C locale.
enum RuntimeLibraries {
    /// The folder name of this machine's architecture in `/usr/lib`.
    static var architecture: String {
        #if arch(arm64)
            "aarch64-linux-gnu"
        #else
            "x86_64-linux-gnu"
        #endif
    }

    /// What programs that are linked to the host's libraries need to start.
    static var loader: [RootEntry] {
        ["lib", "lib64"].compactMap(system)
            + [RootEntry("usr/lib/\(architecture)", .bind("/usr/lib/\(architecture)"))] + wide
            + ["etc/ld.so.cache"].filter { HostFiles.exists("/" + $0) }.map {
                RootEntry($0, .copy("/" + $0), mode: 0o644)
            }
    }

    /// `/usr/lib64`, where Amazon Linux has its libraries and where functions are told to look for them first.
    ///
    /// Where the host has no more there than the loader, which Debian also keeps among the others, it leads to them: else
    /// every start of a program would look for the C library in a hundred and fifty places that do not exist.
    private static var wide: [RootEntry] {
        guard HostFiles.exists("/usr/lib64") else { return [] }
        let names = HostFiles.names(in: "/usr/lib64")
        guard names.allSatisfy({ HostFiles.exists("/usr/lib/\(architecture)/\($0)") }) else {
            return [RootEntry("usr/lib64", .bind("/usr/lib64"))]
        }
        return [RootEntry("usr/lib64", .symlink("lib/\(architecture)"))]
    }

    /// All of it.
    static var entries: [RootEntry] {
        loader
            + ["usr/share/zoneinfo", "usr/share/ca-certificates", "etc/ssl/certs", "etc/pki", "usr/lib/locale/C.utf8"]
            .filter { HostFiles.exists("/" + $0) }.map { RootEntry($0, .bind("/" + $0)) }
            + HostFiles.names(in: "/usr/lib/ssl").compactMap { name in
                HostFiles.link("/usr/lib/ssl/\(name)").map { RootEntry("usr/lib/ssl/\(name)", .symlink($0)) }
            }
            + ["etc/ssl/openssl.cnf"].filter { HostFiles.exists("/" + $0) }.map {
                RootEntry($0, .copy("/" + $0), mode: 0o644)
            }
    }

    /// A folder below `/` that most systems have as a link into `/usr`.
    private static func system(_ name: String) -> RootEntry? {
        if let link = HostFiles.link("/" + name) { return RootEntry(name, .symlink(link)) }
        let folder = name == "lib" ? "lib/\(architecture)" : name
        return HostFiles.exists("/" + folder) ? RootEntry(folder, .bind("/" + folder)) : nil
    }
}
