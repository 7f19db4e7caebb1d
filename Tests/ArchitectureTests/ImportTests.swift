import Testing

struct ImportTests {
    @Test func `every import points down, and third-party packages stay at home`() throws {
        for file in try SourceFile.all() {
            for name in file.imports {
                #expect(ModuleMap.allows(file.module, importing: name), "\(file.path) imports \(name)")
            }
        }
    }

    @Test func `every module has its place in the map`() throws {
        let modules = try Set(SourceFile.all().map(\.module))
        #expect(modules.subtracting(ModuleMap.arrows.keys).isEmpty)
    }

    @Test func `no feature code starts unstructured tasks or forces its luck`() throws {
        let forbidden = [
            " Task {", "Task.detached", " Task(priority", "Task.immediate", "try!", " as! ", "nonisolated(unsafe)",
        ]
        for file in try SourceFile.all() {
            for (number, text) in file.code {
                for word in forbidden where text.contains(word) {
                    Issue.record("\(file.path):\(number) says \(word)")
                }
            }
        }
    }

    @Test func `every unsafe expression says why it is safe`() throws {
        for file in try SourceFile.all() {
            for (number, text) in file.code where text.contains("unsafe ") {
                let near = file.lines[max(0, number - 12)..<min(file.lines.count, number + 2)]
                #expect(near.contains { $0.contains("SAFETY:") }, "\(file.path):\(number) has no SAFETY line near")
            }
        }
    }

    @Test func `no file is longer than 400 lines`() throws {
        for file in try SourceFile.all() {
            #expect(file.lines.count <= 401, "\(file.path) has \(file.lines.count) lines")
        }
    }
}
