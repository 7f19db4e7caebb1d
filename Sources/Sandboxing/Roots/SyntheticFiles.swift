/// The files of `/etc` that programs ask for, none of them the host's.
enum SyntheticFiles {
    private static let texts = [
        "passwd": "root:x:0:0:root:/root:/usr/sbin/nologin\nsandbox:x:1000:1000:sandbox:/tmp:/bin/sh\n",
        "group": "root:x:0:\nsandbox:x:1000:\n",
        "hosts": "127.0.0.1 localhost sandbox\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
        "resolv.conf": "# Names are resolved by the way out, not in here.\n",
    ]

    /// The entries, in a fixed order.
    static var entries: [RootEntry] {
        texts.sorted { $0.key < $1.key }.map { RootEntry("etc/\($0.key)", .content(Array($0.value.utf8)), mode: 0o644) }
            + [RootEntry("etc/localtime", .symlink("/usr/share/zoneinfo/UTC"))]
    }
}
