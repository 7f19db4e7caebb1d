import Testing

@testable import Platform

struct QueueWatchTests {
    private let bounds = QueueBounds(tags: [QueueBounds.waitingTag: "100", QueueBounds.ageTag: "60"])

    @Test func `tags say when a queue holds too much, and nonsense says nothing`() {
        #expect(bounds.waiting == 100 && bounds.age == 60)
        #expect(QueueBounds(tags: [QueueBounds.waitingTag: "-1", QueueBounds.ageTag: "soon"]) == QueueBounds())
    }

    @Test(
        arguments: [
            // What waits and how old it is, look by look, and what is told.
            ([(100, 60)], [nil]),
            ([(101, 0), (150, 0), (201, 0), (202, 0)], [true, nil, nil, true]),
            ([(101, 0), (60, 0), (50, 0), (50, 0)], [true, nil, false, nil]),
            ([(5, 61), (5, 100), (5, 31), (5, 30)], [true, nil, nil, false]),
            ([(5, 61), (99, 61), (100, 61)], [true, nil, true]),
            ([(101, 0), (0, 0), (101, 0)], [true, false, true]),
        ] as [([(Int, Int)], [Bool?])])
    func `it is told once, again when it has doubled, and when half is reached`(
        _ looks: [(Int, Int)], _ told: [Bool?]
    ) {
        var watch = QueueWatch()
        #expect(looks.map { watch.look(at: "q", waiting: $0.0, age: $0.1, bounds) } == told)
    }
}
