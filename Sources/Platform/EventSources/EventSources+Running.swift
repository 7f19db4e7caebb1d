extension EventSources {
    /// Takes messages and calls functions, until the task is cancelled.
    @concurrent
    package nonisolated func run() async {
        await withDiscardingTaskGroup { group in
            for await id in turns { group.addTask { await SourcePoller(sources: self, id: id).run() } }
            // In a drain what is in work goes on; a task that is cancelled is over at once.
        }
    }
}
