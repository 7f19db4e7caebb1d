import Core

@testable import Gateway
@testable import Platform

extension FuzzTarget {
    /// What rules make of events, and events from outside.
    static let events = [inputTransformers, cloudEvents]

    /// A template on the first line, a path on the second: whatever the event, what comes out is JSON.
    private static let inputTransformers = FuzzTarget(
        "input-transformers",
        texts: [
            #"{"a": <x>, "b": "in <x>"}"# + "\n$.detail.a[0]['b.c']", #""<x> <aws.events.rule-arn>\" <""# + "\n$",
            "[<aws.events.event.json>,<aws.events.event>]\n$.detail",
        ]
    ) { bytes in
        let (template, path) = bytes.halves()
        let event: JSON = ["id": "1", "detail": ["a": [["b.c": "\"\\"]], "n": nil]]
        if let path = EventPath(path.text) { _ = path.value(in: event) }
        guard
            let transformer = accepted({ () throws(InputTransformer.Flaw) in
                try InputTransformer(paths: ["x": path.text], template: template.text)
            })
        else { return }
        let surroundings = InputTransformer.Surroundings(
            ruleARN: "arn:aws:events:us-east-1:000000000000:rule/r", ruleName: "r", ingested: Instant(milliseconds: 0))
        guard
            let output = accepted({ () throws(InputTransformer.Flaw) in try transformer.output(for: event, surroundings)
            }
            )
        else { return }
        let lines = output.split(separator: UInt8(ascii: "\n"))
        require((try? JSON(parsing: output)) != nil || lines.allSatisfy { (try? JSON(parsing: Array($0))) != nil })
    }

    /// The content type on the first line, the body on the second.
    private static let cloudEvents = FuzzTarget(
        "cloud-events",
        texts: [
            "application/cloudevents+json\n"
                + #"{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2024-05-06T07:08:09Z","data":{"a":1}}"#,
            "application/cloudevents-batch+json\n"
                + #"[{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"AA=="}]"#,
            "text/plain\nhello",
        ]
    ) { bytes in
        let (type, body) = bytes.halves()
        let headers = [
            ("Content-Type", type.text), ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"),
            ("ce-type", "t"), ("ce-note", type.text),
        ]
        let request = WireRequest(
            method: "POST", rawPath: "/cloudevents/default", rawQuery: "", headers: WireHeaders(headers),
            body: Array(body))
        let events = accepted { () throws(CloudEvent.Flaw) in try CloudEventDoor.events(of: request) } ?? []
        for event in events { require(event.detail.object != nil && !event.source.isEmpty && !event.type.isEmpty) }
    }
}
