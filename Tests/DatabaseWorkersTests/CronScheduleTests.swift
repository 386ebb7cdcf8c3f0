import Testing

@testable import DatabaseWorkers

@Suite struct CronScheduleTests {
  /// Minutes since 1970 of a moment.
  private func minute(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int) -> Int {
    var days = 0
    for past in 1970..<year { days += Self.isLeap(past) ? 366 : 365 }
    for past in 1..<month { days += Self.days(in: past, of: year) }
    return ((days + day - 1) * 24 + hour) * 60 + minute
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func days(in month: Int, of year: Int) -> Int {
    month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// A wrong date runs the monthly job on the wrong day: every day of 500 years is compared with
  /// a calendar that counts month by month.
  @Test func daysAreDates() {
    var days = 0
    for year in 1970..<2470 {
      for month in 1...12 {
        for day in 1...Self.days(in: month, of: year) {
          let date = CivilDate(daysSince1970: days)
          if date.year != year || date.month != month || date.day != day {
            Issue.record("\(year)-\(month)-\(day) is read as \(date)")
            return
          }
          days += 1
        }
      }
    }
  }

  /// The schedules that real projects write.
  @Test func fieldsAreRead() throws {
    let everyTen = try #require(CronSchedule("*/10 * * * *"))
    #expect(everyTen.isDue(atMinute: minute(2026, 11, 25, 3, 20)))
    #expect(!everyTen.isDue(atMinute: minute(2026, 11, 25, 3, 21)))

    // 25 November 2026 is a Wednesday.
    let weekdays = try #require(CronSchedule("30 4 * * mon-fri"))
    #expect(weekdays.isDue(atMinute: minute(2026, 11, 25, 4, 30)))
    #expect(!weekdays.isDue(atMinute: minute(2026, 11, 28, 4, 30)))

    let sunday = try #require(CronSchedule("0 0 * * 7"))
    #expect(sunday.isDue(atMinute: minute(2026, 11, 29, 0, 0)))
    #expect(
      sunday == CronSchedule("0 0 * * 0") || sunday.isDue(atMinute: minute(2026, 11, 22, 0, 0)))

    let lastDay = try #require(CronSchedule("0 12 $ * *"))
    #expect(lastDay.isDue(atMinute: minute(2028, 2, 29, 12, 0)))
    #expect(!lastDay.isDue(atMinute: minute(2028, 2, 28, 12, 0)))
    #expect(lastDay.isDue(atMinute: minute(2026, 2, 28, 12, 0)))

    // Both day fields without a star: one of them is enough.
    let either = try #require(CronSchedule("0 0 13 * 5"))
    #expect(either.isDue(atMinute: minute(2026, 11, 13, 0, 0)))
    #expect(either.isDue(atMinute: minute(2026, 11, 20, 0, 0)))
    #expect(!either.isDue(atMinute: minute(2026, 11, 25, 0, 0)))
    #expect(CronSchedule("@daily") == CronSchedule("0 0 * * *"))
  }

  /// Schedules of seconds are what half of the projects with jobs use for their queues.
  @Test func secondsAreRead() {
    #expect(CronSchedule("30 seconds") == .seconds(30))
    #expect(CronSchedule(" 1 second ") == .seconds(1))
    #expect(CronSchedule("@reboot") == .reboot)
  }

  /// What cannot be read must never run at some other time.
  @Test(arguments: [
    "", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *",
    "* * * * 8", "a * * * *", "1-70 * * * *", "5-1 * * * *", "*/0 * * * *", "1/20 * * * *",
    "0 seconds", "60 seconds", "@sometimes", "1-2-3 * * * *", "1//2 * * * *",
  ])
  func nonsenseIsRefused(text: String) {
    #expect(CronSchedule(text) == nil)
  }
}
