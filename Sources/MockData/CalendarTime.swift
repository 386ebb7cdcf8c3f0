/// Days and seconds since 1970 in the proleptic Gregorian calendar, in UTC.
///
/// Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`.
enum CalendarTime {
  /// Reads `2024-01-31`, `2024-01-31 10:20:30`, with or without `+00`.
  static func parse(_ text: String) -> Double? {
    let parts = text.split { " T".contains($0) }
    guard let dateText = parts.first, parts.count <= 2 else { return nil }
    let date = dateText.split(separator: "-").compactMap { Int($0) }
    guard date.count == 3, (1...12).contains(date[1]), (1...31).contains(date[2]) else {
      return nil
    }
    var seconds = Double(days(date[0], date[1], date[2])) * 86400
    guard parts.count == 2 else { return seconds }
    guard let clock = parts[1].split(whereSeparator: { "+-Z".contains($0) }).first else {
      return nil
    }
    let numbers = clock.split(separator: ":").compactMap { Double($0) }
    for (number, unit) in zip(numbers, [3600.0, 60, 1]) { seconds += number * unit }
    return seconds
  }

  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  static func date(_ seconds: Double) -> String {
    let days = Int((seconds / 86400).rounded(.down)) + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  /// What `extract` gives; nil for a field we do not know.
  static func field(_ name: String, of seconds: Double) -> Int? {
    let parts = date(seconds).split(separator: "-").compactMap { Int($0) }
    let days = Int((seconds / 86400).rounded(.down))
    let second = Int(seconds.rounded(.down)) - days * 86400
    switch name {
    case "year": return parts[0]
    case "month": return parts[1]
    case "day": return parts[2]
    case "hour": return second / 3600
    case "minute": return second / 60 % 60
    // The first of January 1970 was a Thursday.
    case "dow": return ((days + 4) % 7 + 7) % 7
    case "isodow": return ((days + 3) % 7 + 7) % 7 + 1
    default: return nil
    }
  }

  /// What `date_trunc` gives; nil for a field we do not know.
  static func truncate(_ seconds: Double, to name: String) -> Double? {
    let parts = date(seconds).split(separator: "-").compactMap { Int($0) }
    switch name {
    case "year": return Double(days(parts[0], 1, 1)) * 86400
    case "month": return Double(days(parts[0], parts[1], 1)) * 86400
    case "day": return (seconds / 86400).rounded(.down) * 86400
    case "hour": return (seconds / 3600).rounded(.down) * 3600
    case "minute": return (seconds / 60).rounded(.down) * 60
    default: return nil
    }
  }

  static func clock(_ seconds: Double) -> String {
    let rest = Int(seconds.rounded(.down)) - Int((seconds / 86400).rounded(.down)) * 86400
    return "\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
