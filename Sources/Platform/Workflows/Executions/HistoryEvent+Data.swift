import Core
import StatesLanguage

extension HistoryEvent {
    /// What of an event is the data of its execution.
    private static let data: Set<String> = [
        "input", "inputDetails", "output", "outputDetails", "parameters", "assignedVariables",
        "assignedVariablesDetails",
    ]

    /// The same event without the data.
    package var withoutData: HistoryEvent {
        HistoryEvent(
            id: id, previousID: previousID, time: time, type: type, detailsName: detailsName,
            details: JSONObject(details.members.filter { !Self.data.contains($0.key) }.map { ($0.key, $0.value) }))
    }
}
