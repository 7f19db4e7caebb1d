import Core

/// What one request asked of one table of statements so far: each pattern, condition and key of it is looked at once.
struct Inquiry {
    private let table: StatementTable
    private let request: AccessRequest
    private let kind: PolicyKind
    private let isBounded: Bool
    /// What was found about actions, then resources, then conditions: 0 for nothing yet.
    private var answers: [UInt8]
    private let resourcesStart: Int
    private let conditionsStart: Int
    private var facts: [Fact?]
    private var plainValues: [PlainValue?]

    /// Begins to ask; `isBounded` says whether who asks has a permissions boundary.
    init(_ table: StatementTable, _ request: AccessRequest, _ kind: PolicyKind, isBounded: Bool = false) {
        self.table = table
        self.request = request
        self.kind = kind
        self.isBounded = isBounded
        resourcesStart = table.actions.patterns.count
        conditionsStart = resourcesStart + table.resources.patterns.count
        answers = Array(repeating: 0, count: conditionsStart + table.conditions.count)
        facts = Array(repeating: nil, count: table.slots.count)
        plainValues = Array(repeating: nil, count: table.slots.count)
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

    private mutating func concerns(_ row: StatementTable.Row, _ lookUp: (ContextKey) -> ContextValue?) -> Bool {
        // The resource first: it tells statements of one action apart.
        concernsResource(row, lookUp) && concernsAction(row)
    }

    private mutating func concernsAction(_ row: StatementTable.Row) -> Bool {
        for entry in row.actions {
            let number = Int(table.actions.numbers[Int(entry)])
            if (answer(number) ?? match(action: number, entry)) == .yes { return !row.exceptsActions }
        }
        return row.exceptsActions
    }

    private mutating func match(action number: Int, _ entry: Int32) -> Match {
        let isMeant =
            table.actions.mayMatch(entry, request.action.trigrams)
            && table.actions.patterns[number].matches(request.action)
        return keep(Match(isMeant), at: number)
    }

    /// Whether the statement speaks of the request's resource.
    ///
    /// A resource with a variable that has no value is not meant. In `NotResource` it spares nothing from a denial, and
    /// nothing is allowed by leaving it out.
    private mutating func concernsResource(
        _ row: StatementTable.Row, _ lookUp: (ContextKey) -> ContextValue?
    ) -> Bool {
        guard !row.resources.isEmpty else { return true }
        var isUnknown = false
        for entry in row.resources where table.resources.mayMatch(entry, request.trigrams) {
            switch match(resource: Int(table.resources.numbers[Int(entry)]), lookUp) {
            case .yes: return !row.exceptsResources
            case .unknown: isUnknown = true
            case .no: break
            }
        }
        return row.exceptsResources && !(isUnknown && row.effect == .allow)
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
        for entry in row.conditions where answer(conditionsStart + Int(table.conditionNumbers[Int(entry)])) == .no {
            return true
        }
        return false
    }

    @inline(__always)
    private mutating func holds(_ row: StatementTable.Row, _ lookUp: (ContextKey) -> ContextValue?) -> Bool {
        for entry in row.conditions where !holds(Int(table.conditionNumbers[Int(entry)]), lookUp) { return false }
        return true
    }

    private mutating func holds(_ number: Int, _ lookUp: (ContextKey) -> ContextValue?) -> Bool {
        let place = conditionsStart + number
        if let answer = answer(place) { return answer == .yes }
        let slot = Int(table.conditionSlots[number])
        if plainValues[slot] == nil { look(for: slot, lookUp) }
        if let test = table.plainTests[number], let value = plainValues[slot],
            let holds = test.holds(value, table.limits)
        {
            return keep(Match(holds), at: place) == .yes
        }
        guard let fact = facts[slot] else { return false }
        let asked = table.conditions[number]
        let holds = asked.condition.holds(fact, effect: asked.effect) { request.value(of: $0, lookUp) }
        return keep(Match(holds), at: place) == .yes
    }

    /// Reads what the request has for a key.
    private mutating func look(for slot: Int, _ lookUp: (ContextKey) -> ContextValue?) {
        let asked = table.slots[slot]
        let fact = Fact(request.value(of: asked.key, lookUp), as: asked.form)
        facts[slot] = fact
        plainValues[slot] = PlainValue(fact)
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
