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
            + ["usr/lib/\(architecture)", "usr/lib64"].filter { HostFiles.exists("/" + $0) }
            .map { RootEntry($0, .bind("/" + $0)) }
            + ["etc/ld.so.cache"].filter { HostFiles.exists("/" + $0) }.map {
                RootEntry($0, .copy("/" + $0), mode: 0o644)
            }
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
