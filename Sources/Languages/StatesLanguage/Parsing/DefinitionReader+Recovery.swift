import Core

extension DefinitionReader {
    /// What is tried again.
    mutating func retriers(_ members: JSONObject, at place: Place) -> [Retrier] {
        let elements = array(members, "Retry", at: place) ?? []
        return elements.enumerated().compactMap { index, element in
            let retrierPlace = place.member("Retry").element(index)
            guard let retrier = object(element, at: retrierPlace) else { return nil }
            return self.retrier(retrier, isLast: index == elements.count - 1, at: retrierPlace)
        }
    }

    private mutating func retrier(_ members: JSONObject, isLast: Bool, at place: Place) -> Retrier? {
        refuseOthers(
            members,
            [
                "Comment", "ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds",
                "JitterStrategy",
            ], at: place)
        guard let errors = errors(members, isLast: isLast, at: place) else { return nil }
        var retrier = Retrier(errors: errors)
        retrier.intervalSeconds = integer(members, "IntervalSeconds", 1...LanguageLimits.seconds, at: place) ?? 1
        retrier.maximumAttempts = integer(members, "MaxAttempts", 0...LanguageLimits.seconds, at: place) ?? 3
        retrier.backoffRate = number(members, "BackoffRate", 1...1e9, at: place) ?? 2
        retrier.maximumDelaySeconds = integer(members, "MaxDelaySeconds", 1...31_622_400, at: place)
        retrier.hasJitter = choice(members, "JitterStrategy", ["FULL", "NONE"], at: place) == "FULL"
        if let most = retrier.maximumDelaySeconds, most <= retrier.intervalSeconds {
            note(.schema, "'MaxDelaySeconds' must be greater than 'IntervalSeconds'", at: place)
        }
        return retrier
    }

    /// What leads on elsewhere.
    mutating func catchers(_ members: JSONObject, _ language: QueryLanguage, at place: Place) -> [Catcher] {
        let elements = array(members, "Catch", at: place) ?? []
        return elements.enumerated().compactMap { index, element in
            let catcherPlace = place.member("Catch").element(index)
            guard let catcher = object(element, at: catcherPlace) else { return nil }
            return self.catcher(catcher, language, isLast: index == elements.count - 1, at: catcherPlace)
        }
    }

    private mutating func catcher(
        _ members: JSONObject, _ language: QueryLanguage, isLast: Bool, at place: Place
    ) -> Catcher? {
        let output = language == .jsonPath ? "ResultPath" : "Output"
        refuseOthers(members, ["Comment", "ErrorEquals", "Next", "Assign", output], at: place)
        guard let errors = errors(members, isLast: isLast, at: place),
            let next = requiredString(members, "Next", at: place)
        else { return nil }
        return Catcher(
            errors: errors, next: next, resultPath: language == .jsonPath ? resultPath(members, at: place) : .whole,
            output: language == .jsonata ? template(members, "Output", language, at: place) : nil,
            assign: assignment(members, language, at: place))
    }

    private mutating func errors(_ members: JSONObject, isLast: Bool, at place: Place) -> [String]? {
        guard required(members, "ErrorEquals", at: place) != nil,
            let elements = filledArray(members, "ErrorEquals", at: place)
        else { return nil }
        let errors = elements.compactMap(\.string)
        let errorsPlace = place.member("ErrorEquals")
        guard errors.count == elements.count else {
            note(.schema, "Expected value of type String", at: errorsPlace)
            return nil
        }
        if errors.contains(ErrorName.all), errors.count > 1 || !isLast {
            note(.schema, "'States.ALL' must stand alone, and in the last element", at: errorsPlace)
        }
        return errors
    }
}
