package import Diagnostics

/// What became of one test file.
package struct TestFileReport: Sendable, Hashable, Codable {
  /// The path as people know it.
  package var file: String
  /// Whether every test passed, in the number that was planned.
  package var hasPassed: Bool
  /// Why the file was left out as a whole.
  package var skipReason: String?
  /// How many tests the file planned.
  package var planned: Int?
  /// Its tests.
  package var tests: [TAPTest]
  /// What is wrong beside failed tests: no plan, a number that is not the planned one.
  package var flaws: [String]
  /// What the server or psql refused, each with its place.
  package var errors: [Diagnostic]
  /// The exit code psql would have had.
  package var exitCode: Int
  /// From its first statement to its last, in milliseconds.
  package var tookInMilliseconds: Double

  /// Tests that failed.
  package var failed: [TAPTest] { tests.filter { $0.hasFailed } }

  private enum CodingKeys: String, CodingKey {
    case file, planned, tests, flaws, errors
    case hasPassed = "passed"
    case skipReason = "skipped"
    case exitCode = "exit_code"
    case tookInMilliseconds = "took_ms"
  }
}

/// What became of all test files.
package struct TestReport: Sendable, Hashable, Codable {
  /// In the order of their names.
  package var files: [TestFileReport]
  /// How many tests ran.
  package var tests: Int
  /// How many of them failed.
  package var failed: Int
  /// `PASS`, `FAIL`, or `NOTESTS` as pg_prove has it.
  package var result: String
  /// From the first database to the last result, in milliseconds.
  package var tookInMilliseconds: Double
  /// How many databases were used for it.
  package var databases: Int

  /// Whether nothing failed.
  package var hasPassed: Bool { result == "PASS" }

  /// Counts the files together.
  ///
  /// - Parameters:
  ///   - files: In the order of their names.
  ///   - took: In milliseconds.
  ///   - databases: How many were used.
  package init(files: [TestFileReport], tookInMilliseconds took: Double, databases: Int) {
    self.files = files
    tests = files.reduce(0) { $0 + $1.tests.count }
    failed = files.reduce(0) { $0 + $1.failed.count }
    tookInMilliseconds = took
    self.databases = databases
    let hasTests = files.contains { !$0.tests.isEmpty || $0.skipReason != nil }
    result = files.contains { !$0.hasPassed } ? "FAIL" : hasTests ? "PASS" : "NOTESTS"
  }

  private enum CodingKeys: String, CodingKey {
    case files, tests, failed, result, databases
    case tookInMilliseconds = "took_ms"
  }
}
