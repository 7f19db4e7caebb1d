import Core

extension DefinitionReader {
    /// What a map does.
    mutating func map(_ members: JSONObject, _ language: QueryLanguage, at place: Place, depth: Int) -> MapBody? {
        exactlyOne(members, of: ["ItemProcessor", "Iterator"], at: place)
        let key = members["ItemProcessor"] == nil ? "Iterator" : "ItemProcessor"
        let processorPlace = place.member(key)
        guard let value = members[key], let processor = object(value, at: processorPlace) else { return nil }
        refuseOthers(
            processor, ["Comment", "StartAt", "States", "ProcessorConfig"], at: processorPlace)
        guard let flow = flow(processor, at: processorPlace, depth: depth + 1) else { return nil }
        var map = MapBody(processor: flow)
        readMode(processor, into: &map, at: processorPlace)
        readItems(members, language, into: &map, at: place)
        map.maximumConcurrency = integerSetting(
            members, "MaxConcurrency", 0...LanguageLimits.seconds, language, at: place)
        map.toleratedFailureCount = integerSetting(
            members, "ToleratedFailureCount", 0...LanguageLimits.seconds, language, at: place)
        map.toleratedFailurePercentage = numberSetting(
            members, "ToleratedFailurePercentage", 0...100, language, at: place)
        map.label = label(members, at: place)
        return map
    }

    private mutating func readMode(_ processor: JSONObject, into map: inout MapBody, at place: Place) {
        let configurationPlace = place.member("ProcessorConfig")
        guard let value = processor["ProcessorConfig"], let members = object(value, at: configurationPlace) else {
            return
        }
        refuseOthers(members, ["Mode", "ExecutionType"], at: configurationPlace)
        let mode = choice(members, "Mode", ["INLINE", "DISTRIBUTED"], at: configurationPlace)
        map.mode = mode.flatMap(MapBody.Mode.init) ?? .inline
        if isExpress, map.mode == .distributed {
            note(
                .schema, "Express state machine does not support Map states in mode DISTRIBUTED", at: configurationPlace
            )
        }
        map.executionType = choice(members, "ExecutionType", ["STANDARD", "EXPRESS"], at: configurationPlace)
        if map.mode == .distributed, map.executionType == nil, members["ExecutionType"] == nil {
            note(.schema, "The field 'ExecutionType' is required but was missing", at: configurationPlace)
        }
    }

    private mutating func readItems(
        _ members: JSONObject, _ language: QueryLanguage, into map: inout MapBody, at place: Place
    ) {
        if let path = path(members, "ItemsPath", at: place), language == .jsonPath { map.items = .path(path) }
        if let value = members["Items"], language == .jsonata {
            if value.array == nil, value.string.flatMap(JSONataSnippet.content) == nil {
                note(.schema, "Expected value of type Array or a JSONata expression", at: place.member("Items"))
            }
            map.items = .items(template(value, language, at: place.member("Items")))
        }
        // The old name of the selector, beside the old name of the processor.
        let selector = members["ItemSelector"] == nil ? "Parameters" : "ItemSelector"
        if selector == "ItemSelector", language == .jsonPath, members["Parameters"] != nil {
            note(.schema, "There should only be one of the following fields: [ItemSelector, Parameters]", at: place)
        }
        map.itemSelector =
            selector == "Parameters" && language == .jsonata
            ? nil : template(members, selector, language, at: place)
        map.reader = reader(members, language, at: place)
        map.batcher = batcher(members, language, at: place)
        map.writer = writer(members, language, at: place)
        guard map.mode == .inline else { return }
        for field in ["ItemReader", "ItemBatcher", "ResultWriter", "Label"] where members[field] != nil {
            note(.schema, "Field '\(field)' is only supported in mode DISTRIBUTED", at: place)
        }
    }

    private mutating func reader(_ members: JSONObject, _ language: QueryLanguage, at place: Place) -> ItemReader? {
        let readerPlace = place.member("ItemReader")
        guard let value = members["ItemReader"], let reader = object(value, at: readerPlace) else { return nil }
        let parameters = language == .jsonPath ? "Parameters" : "Arguments"
        refuseOthers(reader, ["Resource", "ReaderConfig", parameters], at: readerPlace)
        guard let resource = requiredString(reader, "Resource", at: readerPlace) else { return nil }
        return ItemReader(
            resource: resource, parameters: template(reader, parameters, language, at: readerPlace),
            configuration: readerConfiguration(reader, language, at: readerPlace))
    }

    private mutating func readerConfiguration(
        _ reader: JSONObject, _ language: QueryLanguage, at place: Place
    ) -> ItemReader.Configuration {
        var configuration = ItemReader.Configuration()
        let configurationPlace = place.member("ReaderConfig")
        guard let value = reader["ReaderConfig"], let members = object(value, at: configurationPlace) else {
            return configuration
        }
        configuration.inputType = choice(
            members, "InputType", ["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"], at: configurationPlace)
        configuration.csvHeaderLocation = choice(
            members, "CSVHeaderLocation", ["FIRST_ROW", "GIVEN"], at: configurationPlace)
        configuration.csvHeaders = (array(members, "CSVHeaders", at: configurationPlace) ?? []).compactMap(\.string)
        configuration.csvDelimiter = choice(
            members, "CSVDelimiter", ["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"], at: configurationPlace)
        configuration.manifestType = choice(
            members, "ManifestType", ["S3_INVENTORY", "ATHENA_DATA"], at: configurationPlace)
        configuration.transformation = choice(
            members, "Transformation", ["NONE", "LOAD_AND_FLATTEN"], at: configurationPlace)
        configuration.itemsPointer = string(members, "ItemsPointer", at: configurationPlace)
        configuration.maximumItems = integerSetting(
            members, "MaxItems", 1...100_000_000, language, at: configurationPlace)
        return configuration
    }

    private mutating func batcher(_ members: JSONObject, _ language: QueryLanguage, at place: Place) -> ItemBatcher? {
        let batcherPlace = place.member("ItemBatcher")
        guard let value = members["ItemBatcher"], let batcher = object(value, at: batcherPlace) else { return nil }
        refuseOthers(
            batcher,
            [
                "MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath",
                "BatchInput",
            ], at: batcherPlace)
        let range = 1...100_000_000
        return ItemBatcher(
            maximumItems: integerSetting(batcher, "MaxItemsPerBatch", range, language, at: batcherPlace),
            maximumBytes: integerSetting(
                batcher, "MaxInputBytesPerBatch", 1...LanguageLimits.payload, language, at: batcherPlace),
            batchInput: template(batcher, "BatchInput", language, at: batcherPlace))
    }

    private mutating func writer(_ members: JSONObject, _ language: QueryLanguage, at place: Place) -> ResultWriter? {
        let writerPlace = place.member("ResultWriter")
        guard let value = members["ResultWriter"], let writer = object(value, at: writerPlace) else { return nil }
        let parameters = language == .jsonPath ? "Parameters" : "Arguments"
        refuseOthers(writer, ["Resource", "WriterConfig", parameters], at: writerPlace)
        let configurationPlace = writerPlace.member("WriterConfig")
        let configuration = writer["WriterConfig"].flatMap { object($0, at: configurationPlace) } ?? JSONObject()
        return ResultWriter(
            resource: string(writer, "Resource", at: writerPlace),
            parameters: template(writer, parameters, language, at: writerPlace),
            transformation: choice(
                configuration, "Transformation", ["NONE", "COMPACT", "FLATTEN"], at: configurationPlace),
            outputType: choice(configuration, "OutputType", ["JSON", "JSONL"], at: configurationPlace))
    }

    /// The label, which becomes a part of an ARN.
    private mutating func label(_ members: JSONObject, at place: Place) -> String? {
        guard let label = string(members, "Label", at: place) else { return nil }
        let labelPlace = place.member("Label")
        guard !label.isEmpty else {
            note(.schema, "Label cannot be empty", at: labelPlace, isBare: true)
            return nil
        }
        guard label.unicodeScalars.count <= 40 else {
            note(.schema, "Label cannot exceed 40 characters", at: labelPlace, isBare: true)
            return nil
        }
        if let bad = label.unicodeScalars.first(where: { !Self.isLabelCharacter($0) }) {
            note(.schema, "Label contains invalid character: '\(Self.shown(bad))'", at: labelPlace, isBare: true)
            return nil
        }
        return label
    }

    private static func isLabelCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\0"..." ", "\u{7F}"..."\u{9F}": false
        default: !"?*<>{}[]:;,\\|^~$#%&`\"".unicodeScalars.contains(scalar)
        }
    }

    /// The character as the recorded messages show it: what cannot be seen as an escape.
    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\t": return "\\\\t"
        case "\n": return "\\\\n"
        case "\r": return "\\\\r"
        case "\\": return "\\\\\\\\"
        case "\0"..<" ", "\u{7F}"..."\u{9F}":
            let digits = String(scalar.value, radix: 16)
            return "\\\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
        default: return String(Character(scalar))
        }
    }
}
