@testable import StatesLanguage

extension JSONataLanguage {
    /// What stands for JSONata as long as no module is at hand.
    static let test = JSONataLanguage.absent
}
