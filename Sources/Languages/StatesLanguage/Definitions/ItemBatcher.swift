/// How a distributed map puts several items together.
package struct ItemBatcher: Sendable {
    package let maximumItems: Setting<Int>?
    package let maximumBytes: Setting<Int>?
    package let batchInput: Template?
}
