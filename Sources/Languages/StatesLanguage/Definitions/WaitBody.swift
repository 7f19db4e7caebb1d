/// How long a state waits.
package enum WaitBody: Sendable {
    /// In seconds, 0 to 99,999,999.
    case seconds(Setting<Int>)
    /// Until a time as RFC 3339 writes it.
    case timestamp(Setting<Timestamp>)
}
