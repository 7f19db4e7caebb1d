import Core

extension Execution {
    /// Begins all branches of a parallel state.
    mutating func startBranches(_ flows: [Flow], _ id: Int, input: JSON) throws(StateFailure) {
        guard let strand = strands[id] else { return }
        let started = emit("ParallelStateStarted", after: strand.lastEvent)
        strands[id]?.lastEvent = started
        var container = Container(isMap: false, items: [], count: flows.count, concurrency: flows.count, tail: started)
        for (place, flow) in flows.enumerated() {
            container.running.insert(
                startStrand(flow, of: id, place: place, strand, input: input, map: strand.mapContext, after: started))
        }
        strands[id]?.container = container
    }

    /// Begins a map: its first items, or its run.
    mutating func startMap(_ map: MapBody, _ id: Int, _ visit: inout StateVisit) throws(StateFailure) {
        let items = map.reader == nil ? try visit.items(map, &evaluation) : []
        guard let strand = strands[id] else { return }
        if map.mode == .distributed, strand.mapRun != nil {
            let tolerance = try visit.tolerance(map, &evaluation)
            return startRun(map, id, map.reader == nil ? items : nil, tolerance, visit, redriving: strand.mapRun)
        }
        let started = emit(
            "MapStateStarted", after: strand.lastEvent, "mapStateStartedEventDetails",
            [("length", .number(JSONNumber(Int64(items.count))))])
        strands[id]?.lastEvent = started
        let tolerance = try visit.tolerance(map, &evaluation)
        guard map.mode == .inline else {
            return startRun(map, id, map.reader == nil ? items : nil, tolerance, visit)
        }
        let most = tolerance.maximumConcurrency == 0 ? LanguageLimits.inlineConcurrency : tolerance.maximumConcurrency
        strands[id]?.container = Container(
            isMap: true, items: items, count: items.count, concurrency: min(most, LanguageLimits.inlineConcurrency),
            tail: started)
        guard !items.isEmpty else { return succeed(id) }
        try startItems(map, id, visit)
    }

    private mutating func startRun(
        _ map: MapBody, _ id: Int, _ items: [JSON]?, _ tolerance: MapTolerance, _ visit: StateVisit,
        redriving run: String? = nil
    ) {
        let work = begin(.mapRun(strand: id))
        strands[id]?.work = work
        let order = MapRunOrder(
            work: work, map: map, tolerance: tolerance, items: items, redrivenRun: run, visit: visit)
        commands.append(.startMapRun(order))
    }

    /// Begins as many items as may run.
    mutating func startItems(_ map: MapBody, _ id: Int, _ visit: StateVisit) throws(StateFailure) {
        var visit = visit
        while status == .running, let strand = strands[id], let container = strand.container,
            container.running.count < container.concurrency, container.next < container.items.count
        {
            let index = container.next
            let item = container.items[index]
            // Each item may take as much as a state.
            evaluation.renew()
            let input = try visit.itemInput(map, item, index: index, &evaluation)
            let event = emit(
                "MapIterationStarted", after: container.tail, "mapIterationStartedEventDetails",
                Self.iteration(strand, index))
            let context = StateVisit.context(.object(JSONObject()), item: item, index: index)["Map"]
            let child = startStrand(
                map.processor, of: id, place: index, strand, input: input, map: context, after: event)
            strands[id]?.container?.next += 1
            strands[id]?.container?.running.insert(child)
        }
    }

    private static func iteration(_ strand: Strand, _ index: Int) -> [(String, JSON)] {
        [("name", .string(strand.state)), ("index", .number(JSONNumber(Int64(index))))]
    }

    private mutating func startStrand(
        _ flow: Flow, of parent: Int, place: Int, _ strand: Strand, input: JSON, map: JSON?, after event: Int
    ) -> Int {
        let id = nextStrand
        nextStrand += 1
        if strands.count >= LanguageLimits.history { endForHistory(after: event) }
        // What is inside sees the variables outside, and cannot change them: it has its own copy.
        var child = Strand(
            flow: flow, parent: Strand.Parent(strand: parent, place: place), variables: strand.variables, input: input,
            lastEvent: event)
        child.mapContext = map
        strands[id] = child
        ready.append(id)
        return id
    }

    /// A branch or an item is done.
    ///
    /// The container is changed in its place: a copy for each of many items would cost their square.
    mutating func finished(child id: Int, _ child: Strand, place: Int, of parent: Int, _ output: JSON) {
        guard strands[parent]?.container != nil else { return }
        strands[parent]?.container?.finish(id, place: place, output, after: child.lastEvent)
        strands[parent]?.lastEvent = child.lastEvent
        if let strand = strands[parent], strand.container?.isMap == true {
            let event = emit(
                "MapIterationSucceeded", after: child.lastEvent, "mapIterationSucceededEventDetails",
                Self.iteration(strand, place))
            strands[parent]?.lastEvent = event
        }
        guard status == .running, let strand = strands[parent] else { return }
        if strand.container?.remaining == 0 { return succeed(parent) }
        guard let state = strand.flow.states[strand.state], case .map(let map) = state.body else { return }
        do throws(StateFailure) {
            try startItems(map, parent, visit(strand, state))
        } catch {
            fail(parent, error)
        }
    }

    /// All branches or items are done.
    private mutating func succeed(_ id: Int) {
        guard let strand = strands[id], let container = strand.container else { return }
        strands[id]?.container = nil
        emit(container.isMap ? "MapStateSucceeded" : "ParallelStateSucceeded", after: strand.lastEvent)
        complete(id, result: .array(container.results.map { $0 ?? .null }))
    }

    /// A branch or an item failed, and with it all the others.
    mutating func failed(child: Strand, of parent: Strand.Parent, _ failure: StateFailure) {
        guard let strand = strands[parent.strand], let container = strand.container else { return }
        if container.isMap {
            emit(
                "MapIterationFailed", after: child.lastEvent, "mapIterationFailedEventDetails",
                Self.iteration(strand, parent.place))
        }
        strands[parent.strand]?.lastEvent = child.lastEvent
        fail(parent.strand, failure)
    }

    /// Ends what still runs inside of a state that has failed.
    mutating func cancelChildren(of id: Int) {
        guard let strand = strands[id], let container = strand.container else { return }
        fallen[id] = strand
        strands[id]?.container = nil
        for child in container.running.sorted() {
            if container.isMap, let running = strands[child], let place = running.parent?.place {
                emit(
                    "MapIterationAborted", after: running.lastEvent, "mapIterationAbortedEventDetails",
                    Self.iteration(strand, place))
            }
            cancel(child)
        }
    }

    /// Ends a strand and all inside of it without a word.
    private mutating func cancel(_ id: Int) {
        var waiting = [id]
        while let id = waiting.popLast() {
            guard let strand = strands.removeValue(forKey: id) else { continue }
            fallen[id] = strand
            waiting += strand.container?.running.sorted() ?? []
            for (number, work) in works where work.strand == id {
                works[number] = nil
                commands.append(.cancel(work: number))
            }
        }
    }
}

extension Execution.Work {
    /// The strand whose work it is.
    var strand: Int? {
        switch self {
        case .task(let strand, _), .timer(let strand), .retry(let strand), .mapRun(let strand): strand
        case .timeout: nil
        }
    }
}
