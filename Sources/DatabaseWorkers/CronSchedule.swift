/// When a job runs: every so many seconds, or at minutes that five fields describe.
///
/// What pg_cron 1.6 takes: `30 seconds`, `0 4 * * 1-5`, `*/10 * * * *`, `0 0 $ * *` (the month's last
/// day), names of months and days, `@daily` and its like. Times are UTC.
enum CronSchedule: Sendable, Hashable {
  /// From the end of one run to the beginning of the next.
  case seconds(Int)
  case minutes(Fields)
  /// Once, when the workers start.
  case reboot

  /// The five fields.
  struct Fields: Sendable, Hashable {
    /// Bit n: n is meant.
    var minutes: UInt64
    var hours: UInt64
    var daysOfMonth: UInt64
    var months: UInt64
    /// Sunday is 0.
    var daysOfWeek: UInt64
    /// `$`: the last day, whatever its number.
    var isLastDay = false
    /// When either day field begins with a star, both must match; else one is enough.
    var needsBothDays: Bool
  }

  /// Reads a schedule.
  ///
  /// Nil for what pg_cron refuses.
  ///
  /// - Parameter text: Such as `*/5 * * * *`.
  init?(_ text: String) {
    let words = text.lowercased().split { $0 == " " || $0 == "\t" || $0.isNewline }.map(String.init)
    if words.count == 2, words[1] == "second" || words[1] == "seconds" {
      guard let count = Int(words[0]), (1...59).contains(count) else { return nil }
      self = .seconds(count)
      return
    }
    if words.count == 1, words[0].hasPrefix("@") {
      if words[0] == "@reboot" {
        self = .reboot
        return
      }
      guard let fields = Self.shortcuts[words[0]], let schedule = CronSchedule(fields) else {
        return nil
      }
      self = schedule
      return
    }
    guard words.count >= 5 else { return nil }
    var isLastDay = false
    var days = words[2]
    if days.contains("$") {
      isLastDay = true
      days = days.split(separator: ",").filter { $0 != "$" }.joined(separator: ",")
    }
    guard let minutes = Self.bits(words[0], 0...59),
      let hours = Self.bits(words[1], 0...23),
      let daysOfMonth = days.isEmpty ? 0 : Self.bits(days, 1...31),
      let months = Self.bits(words[3], 1...12, Self.monthNames),
      var daysOfWeek = Self.bits(words[4], 0...7, Self.dayNames)
    else { return nil }
    // Sunday is 0 and 7.
    if daysOfWeek & (1 << 7) != 0 { daysOfWeek |= 1 }
    self = .minutes(
      Fields(
        minutes: minutes, hours: hours, daysOfMonth: daysOfMonth, months: months,
        daysOfWeek: daysOfWeek & 0x7f, isLastDay: isLastDay,
        needsBothDays: words[2].hasPrefix("*") || words[4].hasPrefix("*")))
  }

  private static let shortcuts = [
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
  ]
  private static let monthNames = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

  /// `1,3-5,*/10` as bits.
  private static func bits(
    _ field: String, _ range: ClosedRange<Int>, _ names: [String] = []
  ) -> UInt64? {
    func number(_ word: Substring) -> Int? {
      let value =
        names.firstIndex(of: String(word)).map { $0 + range.lowerBound } ?? Int(word)
      return value.flatMap { range.contains($0) ? $0 : nil }
    }
    var bits: UInt64 = 0
    for part in field.split(separator: ",", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
      guard pieces.count <= 2, let span = pieces.first else { return nil }
      var step = 1
      if pieces.count == 2 {
        guard let given = Int(pieces[1]), given > 0 else { return nil }
        step = given
      }
      var bounds = range
      if span != "*" {
        let ends = span.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let low = number(ends[0]) else { return nil }
        guard let high = ends.count == 2 ? number(ends[1]) : low, low <= high else { return nil }
        // A step belongs to a range.
        guard ends.count == 2 || pieces.count == 1 else { return nil }
        bounds = low...high
      }
      for value in stride(from: bounds.lowerBound, through: bounds.upperBound, by: step) {
        bits |= 1 << UInt64(value)
      }
    }
    return bits
  }

  /// Whether the job is due in a minute.
  ///
  /// - Parameter minute: Minutes since 1970, UTC.
  /// - Returns: False for schedules that count no minutes.
  func isDue(atMinute minute: Int) -> Bool {
    guard case .minutes(let fields) = self else { return false }
    func has(_ bits: UInt64, _ value: Int) -> Bool { bits & (1 << UInt64(value)) != 0 }
    let days = minute.floorDivided(by: 1440)
    let date = CivilDate(daysSince1970: days)
    guard has(fields.minutes, minute.floorModulo(60)),
      has(fields.hours, minute.floorDivided(by: 60).floorModulo(24)),
      has(fields.months, date.month)
    else { return false }
    let isDayOfMonth =
      has(fields.daysOfMonth, date.day)
      || fields.isLastDay && CivilDate(daysSince1970: days + 1).day == 1
    // 1 January 1970 was a Thursday.
    let isDayOfWeek = has(fields.daysOfWeek, (days + 4).floorModulo(7))
    return fields.needsBothDays ? isDayOfMonth && isDayOfWeek : isDayOfMonth || isDayOfWeek
  }
}

/// A date of the Gregorian calendar.
struct CivilDate: Sendable, Hashable {
  var year: Int
  var month: Int
  var day: Int

  /// Counts from 1 January 1970.
  ///
  /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
  init(daysSince1970 days: Int) {
    let shifted = days + 719_468
    let era = shifted.floorDivided(by: 146_097)
    let dayOfEra = shifted.floorModulo(146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }
}

extension Int {
  fileprivate func floorDivided(by divisor: Int) -> Int {
    self >= 0 ? self / divisor : (self - divisor + 1) / divisor
  }

  fileprivate func floorModulo(_ divisor: Int) -> Int { self - floorDivided(by: divisor) * divisor }
}
