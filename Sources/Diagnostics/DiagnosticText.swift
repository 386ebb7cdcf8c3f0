extension Diagnostic {
  /// Lays the diagnostic out as the lines a person reads, without colour.
  ///
  /// ```
  /// error: migration failed: relation "customer" does not exist (42P01)
  ///   at supabase/migrations/20260114093000_invoices.sql:14
  ///    14 | select * from customer
  ///       |               ^
  /// hint: your database is unchanged; mend the line, then run `homebase db reset`
  /// ```
  ///
  /// - Parameter label: The first word: `error` or `warning`.
  /// - Returns: One entry a line, without line ends.
  package func lines(label: String = "error") -> [String] {
    var lines = ["\(label): \(message)"]
    if let location { lines.append("  at \(location)") }
    lines += excerpt.map { "  \($0)" }
    if let hint { lines.append("hint: \(hint)") }
    return lines
  }
}
