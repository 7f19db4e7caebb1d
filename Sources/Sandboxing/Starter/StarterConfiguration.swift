/// How the process that makes sandboxes is started, and what it may use.
package struct StarterConfiguration: Sendable {
    /// The program that becomes the starter when its first argument is `__starter`.
    package var program: String
    /// The first of the user ids that sandboxes get when the server is root; each slot has its own.
    package var firstUserID: UInt32
    /// The most sandboxes at a time.
    package var slots: UInt32
    /// The host's bubblewrap.
    package var bubblewrap: String

    package init(
        program: String = "/proc/self/exe", firstUserID: UInt32 = 200_000, slots: UInt32 = 4096,
        bubblewrap: String = "/usr/bin/bwrap"
    ) {
        self.program = program
        self.firstUserID = firstUserID
        self.slots = slots
        self.bubblewrap = bubblewrap
    }
}
