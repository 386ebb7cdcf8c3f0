import PostgresClient
import Testing

@testable import DatabaseLifecycle

@Suite struct MissingExtensionTests {
  private func hint(_ message: String, _ sqlstate: String = "0A000") -> String? {
    MissingExtension.hint(
      for: ServerError(severity: "ERROR", sqlstate: sqlstate, message: message),
      serverVersion: 150_018)
  }

  /// The package's name is what a new developer lacks; guessing it costs a search.
  @Test func packageIsNamedWithTheServersVersion() {
    #expect(
      hint("extension \"postgis\" is not available")?
        .contains("apt-get install postgresql-15-postgis-3") == true)
    #expect(hint("extension \"postgis\" is not available")?.contains("homebase restart") == true)
  }

  /// Without a package there is still a way on.
  @Test func othersHaveAWayOn() {
    let hint = hint("extension \"timescaledb\" is not available")
    #expect(hint?.contains("exception when feature_not_supported") == true)
  }

  /// Other errors keep the server's own hint.
  @Test func otherErrorsAreLeftAlone() {
    #expect(hint("cannot do that", "0A000") == nil)
    #expect(hint("extension \"x\" already exists", "42710") == nil)
  }
}
