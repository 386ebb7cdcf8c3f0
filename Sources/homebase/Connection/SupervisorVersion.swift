import ControlSocket

/// The version of the supervisor that listens somewhere.
///
/// - Parameter socket: The control socket's file.
/// - Returns: Nil when none runs.
func supervisorVersion(at socket: String) -> String? {
  do {
    return try ControlClient.connect(path: socket, greetingTimeout: .seconds(2)).greeting.version
  } catch .protocolMismatch(let greeting) {
    return greeting.version
  } catch {
    return nil
  }
}
