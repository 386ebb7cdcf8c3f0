/// Times in milliseconds, and what people say of them.
struct Times {
  private let sorted: [Double]

  init(_ times: [Double]) {
    sorted = times.sorted()
  }

  var count: Int { sorted.count }
  var median: Double { percentile(50) }
  var worst: Double { sorted.last ?? .nan }

  /// The smallest time that at least so many percent of all do not exceed.
  func percentile(_ percent: Double) -> Double {
    guard !sorted.isEmpty else { return .nan }
    let rank = Int((percent / 100 * Double(sorted.count)).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }

  /// Median and 99th percentile; median and worst of fewer than 100 times.
  var summary: String {
    count >= 100
      ? "p50 \(show(median)) / p99 \(show(percentile(99))) ms (n = \(count))"
      : "median \(show(median)), worst \(show(worst)) ms (n = \(count))"
  }
}

func milliseconds(_ duration: Duration) -> Double {
  let (seconds, attoseconds) = duration.components
  return Double(seconds) * 1000 + Double(attoseconds) / 1e15
}

/// A number with the places that it deserves.
func show(_ value: Double) -> String {
  guard value.isFinite else { return "–" }
  if value >= 100 { return String(Int(value.rounded())) }
  if value < 10 { return decimal(value, places: 2) }
  return decimal(value, places: 1)
}

func showRatio(_ value: Double) -> String {
  value.isFinite ? "\(decimal(value, places: 2)) ×" : "–"
}

private func decimal(_ value: Double, places: Int) -> String {
  let scale = places == 1 ? 10 : 100
  let scaled = Int((value * Double(scale)).rounded())
  let fraction = String(scaled % scale)
  let zeros = String(repeating: "0", count: places - fraction.count)
  return "\(scaled / scale).\(zeros)\(fraction)"
}
