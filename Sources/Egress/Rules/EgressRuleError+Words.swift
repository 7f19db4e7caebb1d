import Core

/// What is wrong with a rule, for whoever wrote it.
extension EgressRuleError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notJSON(let error): "the text is not JSON: \(error.reason) at byte \(error.offset)"
        case .notAnArray: "rules are a list"
        case .notAnObject: "a rule, and the limits, are objects"
        case .tooManyRules(let limit): "there are more than \(limit) rules"
        case .tooManyForHost(let host, let limit): "there are more than \(limit) rules for \(host)"
        case .missing(let member): "\(member) is missing"
        case .unknown(let member): "there is no member \(member)"
        case .wrongType(let member, let expected): "\(member) must be \(expected)"
        case .badHost(let host, let error): "\"\(host)\" is no host: \(error)"
        case .badPort(let port): "\(port) is no port from 1 to 65535"
        case .badMethod(let method): "\"\(method)\" is no method"
        case .badPath(let path): "\"\(path)\" is no path: it begins with a slash and has no dot segments"
        case .badAddress(let address): "\"\(address)\" is neither an address nor a block of addresses"
        case .unknownSpeech(let speech): "speak is http, tls or tcp, not \"\(speech)\""
        case .unknownTLS(let text): "tls is originate or is left out, not \"\(text)\""
        case .unseen(let member, let speech): "\(member) cannot be judged where \(speech.rawValue) is spoken"
        case .needsPorts(let speech): "ports must be named where \(speech.rawValue) is spoken"
        case .needsOrigination(let member): "\(member) needs \"tls\": \"originate\", or it would travel in the clear"
        case .originationNeedsHTTP: "\"tls\": \"originate\" is for speak http, and nothing else"
        case .originationToBlock: "\"tls\": \"originate\" needs one host: a certificate is for a name or an address"
        case .badTemplate(let text): "\"\(text)\" is no template: a secret's place is {{secret:NAME}}"
        case .badHeaderName(let name): "\"\(name)\" is no name of a header"
        case .reservedHeader(let name): "the header \(name) is set by the way out itself"
        case .badLimit(let member): "\(member) is no limit above 0 that can be kept"
        case .servicesNotAnArray: "services are a list"
        case .tooManyServices(let limit): "a function has at most \(limit) services, its account's included"
        case .badServicePort(let port):
            "a service listens at a port from 1024 to 65535, but not at 9001 and 9002, which are taken; not at \(port)"
        case .servicePortTwice(let port): "two services listen at \(port)"
        case .badTarget(let target): "\"\(target)\" is no HOST:PORT"
        case .serviceNotAllowed(let target):
            "no rule allows it: add {\"host\": …, \"ports\": […], \"speak\": [\"tcp\"]} for \(target)"
        }
    }
}

extension HostError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "it is empty"
        case .tooLong(let limit): "it has more than \(limit) characters"
        case .badLabel: "a part between dots is empty, too long, or begins or ends with a dash"
        case .notASCII: "it is not ASCII; write its xn-- form"
        case .badCharacter(let byte): "it holds a character that names do not have (byte \(byte))"
        case .oddAddress: "addresses are four decimal numbers"
        case .badAddress: "what stands in brackets is no IPv6 address"
        }
    }
}
