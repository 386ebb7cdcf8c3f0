/// A duration as people say it: `0.4 ms`, `14 ms`, `1.2 s`, `42 s`, `3 min 5 s`, `2 h 7 min`.
///
/// - Parameter duration: From zero on; a negative one is shown as zero.
/// - Returns: Two significant parts at most.
package func spoken(_ duration: Duration) -> String {
  let (seconds, attoseconds) = max(duration, .zero).components
  let milliseconds = Double(seconds) * 1000 + Double(attoseconds) / 1e15
  if milliseconds < 9.95 { return "\(decimal(milliseconds)) ms" }
  if milliseconds < 999.5 { return "\(Int(milliseconds.rounded())) ms" }
  if milliseconds < 9_950 { return "\(decimal(milliseconds / 1000)) s" }
  let whole = Int64((milliseconds / 1000).rounded())
  func parts(_ large: Int64, _ largeUnit: String, _ small: Int64, _ smallUnit: String) -> String {
    small == 0 ? "\(large) \(largeUnit)" : "\(large) \(largeUnit) \(small) \(smallUnit)"
  }
  return switch whole {
  case ..<60: "\(whole) s"
  case ..<3600: parts(whole / 60, "min", whole < 600 ? whole % 60 : 0, "s")
  case ..<86_400: parts(whole / 3600, "h", whole % 3600 / 60, "min")
  default: parts(whole / 86_400, "d", whole % 86_400 / 3600, "h")
  }
}

/// A size as people say it, in steps of 1024 as PostgreSQL counts: `812 B`, `11 MB`, `1.4 GB`.
///
/// - Parameter sizeInBytes: From zero on.
/// - Returns: One place behind the point below ten.
package func spoken(sizeInBytes: Int) -> String {
  var value = Double(max(sizeInBytes, 0))
  if value < 1024 { return "\(Int(value)) B" }
  for unit in ["kB", "MB", "GB", "TB"] {
    value /= 1024
    if value < 9.95 { return "\(decimal(value)) \(unit)" }
    if value < 1023.5 || unit == "TB" { return "\(Int(value.rounded())) \(unit)" }
  }
  return "\(sizeInBytes) B"
}

/// How long ago something was: `just now`, `5 min ago`, `3 h ago`, `2 d ago`.
///
/// - Parameter duration: Since then; a clock that was set back gives `just now`.
/// - Returns: One part.
package func spoken(ago duration: Duration) -> String {
  let seconds = duration.components.seconds
  return switch seconds {
  case ..<5: "just now"
  case ..<60: "\(seconds) s ago"
  case ..<3600: "\(seconds / 60) min ago"
  case ..<86_400: "\(seconds / 3600) h ago"
  default: "\(seconds / 86_400) d ago"
  }
}

/// A count with its noun: `1 row`, `3 rows`.
///
/// - Parameters:
///   - count: How many.
///   - noun: The word for one.
///   - plural: The word for more, when it is not the noun with an `s`.
/// - Returns: Both, with a space between.
package func spoken(_ count: Int, _ noun: String, plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}

/// One place behind the point, none for a whole number below ten only when it is zero.
private func decimal(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  return tenths == 0 ? "0" : "\(tenths / 10).\(tenths % 10)"
}
