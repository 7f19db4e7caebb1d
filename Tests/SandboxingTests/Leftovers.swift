import Foundation
import Sandboxing

/// What sandboxes could leave behind, counted.
struct Leftovers: Equatable {
    var starterDescriptors: Int
    var processes: Int
    var mounts: Int
    var groups: [Int]

    /// Counts.
    init(of starter: Starter) {
        let process = "/proc/\(starter.processID)"
        starterDescriptors = Self.count(process + "/fd")
        processes = Self.text("\(process)/task/\(starter.processID)/children").split(separator: " ").count
        mounts = Self.text(process + "/mountinfo").split(separator: "\n").count
        groups = starter.groupFolders.map(Self.folders)
    }

    private static func folders(in folder: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { Int($0) != nil }.count
    }

    private static func count(_ folder: String) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? -1
    }

    private static func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}
