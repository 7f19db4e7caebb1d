import Core

/// What one request asked of one table of statements so far: each pattern, condition and key of it is looked at once.
struct Inquiry {
    private let table: StatementTable
    private let request: AccessRequest
    private let kind: PolicyKind
    private let isBounded: Bool
    /// What was found about patterns of actions and of resources, about lists of both, and about conditions: 0 for
    /// nothing yet.
    private var answers: [UInt8]
    private let resourcesStart: Int
    private let actionListsStart: Int
    private let resourceListsStart: Int
    private let conditionsStart: Int
    private var needed: FoundKeys
    private var defaulted: FoundKeys
    private var values: KnownValues

    /// Begins to ask; `isBounded` says whether who asks has a permissions boundary.
    init(_ table: StatementTable, _ request: AccessRequest, _ kind: PolicyKind, isBounded: Bool = false) {
        self.table = table
        self.request = request
        self.kind = kind
        self.isBounded = isBounded
        resourcesStart = table.actions.patterns.count
        actionListsStart = resourcesStart + table.resources.patterns.count
        resourceListsStart = actionListsStart + table.actions.lists.count
        conditionsStart = resourceListsStart + table.resources.lists.count
        answers = Array(repeating: 0, count: conditionsStart + table.conditions.conditions.count)
        needed = FoundKeys(table.needs)
        defaulted = FoundKeys(table.defaults.keys)
        values = KnownValues(table.conditions)
    }

    /// The place of the first statement that applies and has this effect.
    mutating func first(_ effect: Effect, _ lookUp: (ContextKey) -> ContextValue?) -> Int? {
        var best = Int.max
        let index = effect == .allow ? table.allows : table.denies
        index.forEach(request.action) { place in
            guard place < best else { return false }
            let row = table.rows[place]
            guard !hasFailed(row), concerns(row, lookUp), naming(row, place) != .none, holds(row, lookUp) else {
                return true
            }
            best = place
            return false
        }
        return best == .max ? nil : best
    }

    /// The statement that allows, and names who asks as directly as any does.
    mutating func grant(_ lookUp: (ContextKey) -> ContextValue?) -> (place: Int, naming: Naming)? {
        var best = (place: Int.max, naming: Naming.none)
        table.allows.forEach(request.action) { place in
            let row = table.rows[place]
            let naming = naming(row, place)
            let isBetter = naming > best.naming || naming == best.naming && place < best.place
            if naming != .none, isBetter, !hasFailed(row), concerns(row, lookUp), holds(row, lookUp) {
                best = (place, naming)
            }
            return true
        }
        return best.naming == .none ? nil : best
    }

    @inline(__always)
    private func naming(_ row: StatementTable.Row, _ place: Int) -> Naming {
        if !row.namesPrincipals, kind != .resource, kind != .trust { return .direct }
        return table.statements[place].naming(request, kind, isBounded: isBounded)
    }

    @inline(__always)
    private mutating func concerns(_ row: StatementTable.Row, _ lookUp: (ContextKey) -> ContextValue?) -> Bool {
        // The resource first: it tells statements of one action apart.
        concernsResource(row.resources, lookUp) && concernsAction(row.actions)
    }

    @inline(__always)
    private mutating func concernsAction(_ list: Int32) -> Bool {
        let place = actionListsStart + Int(list)
        return (answer(place) ?? findAction(table.actions.lists[Int(list)], at: place)) == .yes
    }

    private mutating func findAction(_ list: PatternList<ActionPattern>.Listed, at place: Int) -> Match {
        for entry in list.entries where table.actions.mayMatch(entry, request.action.trigrams) {
            let number = Int(table.actions.numbers[Int(entry)])
            let found =
                answer(number) ?? keep(Match(table.actions.patterns[number].matches(request.action)), at: number)
            if found == .yes { return keep(Match(!list.isExcepted), at: place) }
        }
        return keep(Match(list.isExcepted), at: place)
    }

    /// Whether a statement speaks of the request's resource.
    ///
    /// A resource with a variable that has no value is not meant. In `NotResource` it spares nothing from a denial, and
    /// nothing is allowed by leaving it out. No list at all is that of a trust policy, which speaks of its role.
    @inline(__always)
    private mutating func concernsResource(_ number: Int32, _ lookUp: (ContextKey) -> ContextValue?) -> Bool {
        let place = resourceListsStart + Int(number)
        if let answer = answer(place) { return answer == .yes }
        let list = table.resources.lists[Int(number)]
        if list.isExcepted || list.entries.isEmpty || request.trigrams.mayMatch(list.asked) {
            return findResource(list, at: place, lookUp) == .yes
        }
        return false
    }

    private mutating func findResource(
        _ list: PatternList<TextPattern>.Listed, at place: Int, _ lookUp: (ContextKey) -> ContextValue?
    ) -> Match {
        guard !list.entries.isEmpty else { return keep(.yes, at: place) }
        var isUnknown = false
        for entry in list.entries where table.resources.mayMatch(entry, request.trigrams) {
            let number = Int(table.resources.numbers[Int(entry)])
            // Nearly all that depends on values which are not there is told apart by that.
            guard list.isExcepted || needed.areThere(for: number, request, lookUp) != false else { continue }
            // The same where it is the defaults that would have to match.
            guard
                defaulted.areThere(for: number, request, lookUp) != false
                    || table.defaults.mayMatch(number, request.trigrams)
            else { continue }
            switch match(resource: number, lookUp) {
            case .yes: return keep(Match(!list.isExcepted), at: place)
            case .unknown: isUnknown = true
            case .no: break
            }
        }
        return keep(Match(list.isExcepted && !(isUnknown && list.effect == .allow)), at: place)
    }

    private mutating func match(resource number: Int, _ lookUp: (ContextKey) -> ContextValue?) -> Match {
        let place = resourcesStart + number
        if let answer = answer(place) { return answer }
        let found = table.resources.patterns[number].match(request.resource.utf8.span) {
            request.value(of: $0, lookUp)
        }
        return keep(found, at: place)
    }

    /// Whether a condition is known not to hold, because another statement has the same.
    @inline(__always)
    private func hasFailed(_ row: StatementTable.Row) -> Bool {
        for entry in row.conditions
        where answer(conditionsStart + Int(table.conditions.numbers[Int(entry)])) == .no {
            return true
        }
        return false
    }

    @inline(__always)
    private mutating func holds(_ row: StatementTable.Row, _ lookUp: (ContextKey) -> ContextValue?) -> Bool {
        for entry in row.conditions {
            let number = Int(table.conditions.numbers[Int(entry)])
            let place = conditionsStart + number
            let found = answer(place) ?? keep(Match(values.satisfy(number, request, lookUp)), at: place)
            if found == .no { return false }
        }
        return true
    }

    /// What was found before.
    @inline(__always)
    private func answer(_ place: Int) -> Match? { Match(rawValue: answers[place]) }

    /// Keeps what was found.
    @inline(__always)
    private mutating func keep(_ match: Match, at place: Int) -> Match {
        answers[place] = match.rawValue
        return match
    }
}
