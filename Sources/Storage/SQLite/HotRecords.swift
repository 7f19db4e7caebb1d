import Core
import Synchronization

/// Records that were read lately, as they lie in the store: to read one of them again takes neither a thread nor a snapshot.
///
/// It never gives what is older than what anybody was answered or could read: all writes pass one writer, what a commit
/// may change is forgotten before it begins, and is not taken in again before it is over, nor by a read that began before.
final class HotRecords: Sendable {
    /// Where a record lies.
    fileprivate struct Place: Hashable {
        let partition: Partition
        let key: RecordKey
    }

    /// What was found of some records.
    struct Search: Sendable {
        /// All of them, if all were here.
        fileprivate(set) var found: [Record]?
        fileprivate let places: [Place]
        /// The number of the read that has to find them, if not.
        fileprivate var number: UInt64 = 0
    }

    fileprivate struct State {
        /// Two generations: when the young one is full it becomes the old one, and what is in the old one is forgotten.
        var young: [Place: Record] = [:]
        var old: [Place: Record] = [:]
        var youngBytes = 0
        /// The last read that has begun of each place, until it ends or the place is written.
        var reads: [Place: UInt64] = [:]
        var lastRead: UInt64 = 0
        /// What the commit under way may change.
        var changing: Set<Place> = []
    }

    /// Longer records are read each time.
    static let longestRecord = 16 * 1024
    /// How much memory a record takes beside its bytes, roughly.
    fileprivate static let overhead = 512

    private let state = Mutex(State())
    private let generationBytes: Int

    /// Holds records of twice so many bytes at most.
    init(generationBytes: Int = 4 << 20) { self.generationBytes = generationBytes }

    /// Looks for records; where `found` is nil they are to be read, and `end` called with what was found.
    func search(_ partition: Partition, _ keys: [RecordKey]) -> Search {
        var search = Search(places: keys.map { Place(partition: partition, key: $0) })
        state.withLock { state in
            var found: [Record] = []
            for place in search.places { if let record = state.take(place, generationBytes) { found.append(record) } }
            if found.count == search.places.count { return search.found = found }
            state.lastRead += 1
            search.number = state.lastRead
            for place in search.places where !state.changing.contains(place) { state.reads[place] = search.number }
        }
        return search
    }

    /// A read is over: keeps what it found and nobody has written since; nothing is kept of one that failed.
    func end(_ search: Search, _ records: [Record?]) {
        state.withLock { state in
            for (position, place) in search.places.enumerated() where state.reads[place] == search.number {
                state.reads[place] = nil
                guard position < records.count, let record = records[position] else { continue }
                state.keep(record, at: place, generationBytes)
            }
        }
    }

    /// A commit begins that contains this work: forgets what it may change.
    func begin(_ group: [Work]) {
        var places: Set<Place> = []
        for case .commit(let commit, _, _) in group {
            for operation in commit.operations {
                guard let key = operation.record else { continue }
                places.insert(Place(partition: commit.partition, key: key))
            }
        }
        guard !places.isEmpty else { return }
        state.withLock { state in
            state.changing = places
            for place in places { state.forget(place) }
        }
    }

    /// The commit is over, whatever came of it.
    func end() { state.withLock { $0.changing = [] } }
}

extension HotRecords.State {
    fileprivate mutating func take(_ place: HotRecords.Place, _ limit: Int) -> Record? {
        if let record = young[place] { return record }
        guard let record = old.removeValue(forKey: place) else { return nil }
        keep(record, at: place, limit)
        return record
    }

    fileprivate mutating func keep(_ record: Record, at place: HotRecords.Place, _ limit: Int) {
        guard record.value.count <= HotRecords.longestRecord else { return }
        if youngBytes >= limit { (old, young, youngBytes) = (young, [:], 0) }
        young[place] = record
        youngBytes += record.value.count + HotRecords.overhead
    }

    fileprivate mutating func forget(_ place: HotRecords.Place) {
        reads[place] = nil
        old[place] = nil
        if let record = young.removeValue(forKey: place) { youngBytes -= record.value.count + HotRecords.overhead }
    }
}

extension WriteOperation {
    /// The record that it writes or deletes.
    fileprivate var record: RecordKey? {
        switch self {
        case .put(let key, _, _, _), .delete(let key, _): key
        default: nil
        }
    }
}
