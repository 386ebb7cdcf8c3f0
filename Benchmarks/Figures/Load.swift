/// Transactions or requests, and how long one took.
struct Rate {
  var perSecond: Double
  /// Milliseconds.
  var median: Double
  /// The 99th percentile, in milliseconds.
  var worst: Double
}

/// The end of a script for wrk: a line that `wrkRate` reads.
let wrkReport = """
  function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format("FIGURE %f %f %f %d\\n", summary.requests / summary.duration * 1e6,
      latency:percentile(50) / 1000, latency:percentile(99) / 1000,
      errors.status + errors.connect + errors.read + errors.write + errors.timeout))
  end

  """

/// What wrk measured; a request that failed is no fast request.
func wrkRate(_ output: String) throws -> Rate {
  guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("FIGURE ") }) else {
    throw FigureError.noSense("wrk says nothing: \(output.suffix(200))")
  }
  let numbers = line.split(separator: " ").dropFirst().compactMap { Double($0) }
  guard numbers.count == 4, numbers[3] == 0 else {
    throw FigureError.noSense("\(numbers.last ?? 0) requests failed")
  }
  return Rate(perSecond: numbers[0], median: numbers[1], worst: numbers[2])
}
