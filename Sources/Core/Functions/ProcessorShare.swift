/// How many processor cores an instance may use; half a core is `0.5`.
///
/// AWS couples the processor to memory: 1,769 MB are one core. Here it is a setting of its own: the function's tag
/// `martlet:cpu` holds the number of cores, and only a function without the tag gets the share of its memory.
package struct ProcessorShare: Hashable, Sendable, Comparable {
    package let cores: Double

    /// The tag of a function that sets its share.
    package static let tag = "martlet:cpu"

    /// The share that goes with an amount of memory, as on AWS.
    package init(proportionalTo memory: MemorySize) { cores = Double(memory.megabytes) / 1769 }

    /// Parses a tag's value: a plain decimal number from 0.01 to 256.
    package init(_ text: String) throws(ConfigurationError) {
        let plain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        guard plain, let cores = Double(text), (0.01...256).contains(cores) else {
            throw .processorShareMalformed(text)
        }
        self.cores = cores
    }

    /// Orders shares.
    package static func < (left: ProcessorShare, right: ProcessorShare) -> Bool { left.cores < right.cores }
}
