import Core

/// Which used-up budgets and ended loops operators have heard of: each is told once, however many calls it stands in the way of.
///
/// Pure and bounded: when too many lineages have used up something, the oldest news are forgotten all at once, and may be
/// told again.
struct LineageAlerts: Sendable {
    private struct News: Hashable {
        let what: String
        let lineage: LineageID
    }

    private let limit: Int
    private var recent: Set<News> = []
    private var older: Set<News> = []

    /// Remembers at least so many, and at most twice as many.
    init(limit: Int = 1024) { self.limit = limit }

    /// Whether it was not told yet; from now on it was.
    mutating func isNews(_ item: LineageBudget.Item, _ lineage: LineageID) -> Bool { isNews(item.rawValue, lineage) }

    /// The same for something that is no budget.
    mutating func isNews(_ what: String, _ lineage: LineageID) -> Bool {
        let news = News(what: what, lineage: lineage)
        guard !recent.contains(news) else { return false }
        let isNews = !older.contains(news)
        if recent.count >= limit {
            older = recent
            recent = []
        }
        recent.insert(news)
        return isNews
    }
}
