import CSandbox
import Glibc

/// The requests that a starter takes, packed.
///
/// Pure, but for the files whose content travels as descriptors.
enum StarterRequest {
    /// What every starter is told first.
    static func configure(
        _ configuration: StarterConfiguration, groups: CgroupFolders
    ) throws(SandboxError) -> Message {
        var message = MessageWriter(kind: SANDBOX_CONFIGURE.rawValue)
        message.append(configuration.firstUserID)
        message.append(configuration.slots)
        message.append(UInt32(groups.hierarchies.count))
        for (path, hierarchy) in zip(groups.paths, groups.hierarchies) {
            message.append(path)
            message.append(hierarchy.oomFile)
            message.append(hierarchy.peakFile)
            message.append(hierarchy.handedDown)
        }
        return try Self.message(message, with: BaseRoot.entries(bubblewrap: configuration.bubblewrap))
    }

    /// Makes a runtime's root.
    static func root(_ id: UInt32, entries: [RootEntry]) throws(SandboxError) -> Message {
        var message = MessageWriter(kind: SANDBOX_ROOT.rawValue)
        message.append(id)
        return try Self.message(message, with: entries)
    }

    /// Parks a sandbox.
    static func park(
        _ id: SandboxID, limits: [CgroupWrite], arguments: [String], setup: [UInt8], request: UInt32
    ) -> Message {
        var message = MessageWriter(kind: SANDBOX_PARK.rawValue, request: request, sandbox: id.number)
        append(limits, to: &message)
        message.append(arguments)
        message.append(setup)
        return Message(bytes: message.bytes)
    }

    /// Assigns a function to a parked sandbox.
    static func assign(_ id: SandboxID, _ assignment: Assignment, limits: [CgroupWrite], start: [UInt8]) -> Message {
        var message = MessageWriter(kind: SANDBOX_ASSIGN.rawValue, sandbox: id.number)
        message.append(assignment.task.number)
        message.append(assignment.opt?.number ?? 0)
        append(limits, to: &message)
        message.append(start)
        return Message(bytes: message.bytes)
    }

    /// Has further doors made.
    static func listen(_ id: SandboxID, open: [UInt8]) -> Message {
        var message = MessageWriter(kind: SANDBOX_LISTEN.rawValue, sandbox: id.number)
        message.append(open)
        return Message(bytes: message.bytes)
    }

    /// Makes a code tree that holds so much.
    static func tree(size: UInt64, files: UInt64, request: UInt32) -> Message {
        var message = MessageWriter(kind: SANDBOX_TREE.rawValue, request: request)
        message.append(size)
        message.append(files)
        return Message(bytes: message.bytes)
    }

    /// Forgets a code tree.
    static func dropTree(_ number: UInt64) -> Message {
        var message = MessageWriter(kind: SANDBOX_DROP_TREE.rawValue)
        message.append(number)
        return Message(bytes: message.bytes)
    }

    /// Stops a sandbox.
    static func stop(_ id: SandboxID) -> Message {
        Message(bytes: MessageWriter(kind: SANDBOX_STOP.rawValue, sandbox: id.number).bytes)
    }

    private static func append(_ limits: [CgroupWrite], to message: inout MessageWriter) {
        message.append(UInt32(limits.count))
        for write in limits {
            message.append(UInt32(write.hierarchy))
            message.append(write.file)
            message.append(write.value)
            message.append(UInt32(write.optional ? 1 : 0))
        }
    }

    private static func message(_ head: MessageWriter, with entries: [RootEntry]) throws(SandboxError) -> Message {
        var writer = head
        var descriptors: [CInt] = []
        writer.append(UInt32(entries.count))
        for entry in entries {
            entry.append(to: &writer)
            guard case .content(let bytes) = entry.source else { continue }
            descriptors.append(try MemoryFile.make(holding: bytes).take())
        }
        return Message(bytes: writer.bytes, descriptors: descriptors)
    }
}
