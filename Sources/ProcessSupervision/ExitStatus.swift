/// How a process ended: by itself with a code, or by a signal.
package struct ExitStatus: Sendable, Hashable, Codable {
  /// What the process returned; nil when a signal ended it.
  package var code: Int32?
  /// The signal that ended the process; nil when it returned.
  package var signal: Int32?

  package init(code: Int32? = nil, signal: Int32? = nil) {
    self.code = code
    self.signal = signal
  }

  /// True for exit code 0 and nothing else.
  package var isSuccess: Bool { code == 0 }

  /// The signal as people write it, without SIG: `KILL`.
  package var signalName: String? { signal.map { SignalName.name(of: $0) } }
}

extension ExitStatus: CustomStringConvertible {
  /// `exit code 1` or `signal KILL`.
  package var description: String {
    if let signalName { return "signal \(signalName)" }
    return "exit code \(code.map { String($0) } ?? "unknown")"
  }
}

/// The names of Linux signals, both ways.
package enum SignalName {
  private static let names: [(name: String, number: Int32)] = [
    ("HUP", 1), ("INT", 2), ("QUIT", 3), ("ILL", 4), ("TRAP", 5), ("ABRT", 6), ("BUS", 7),
    ("FPE", 8), ("KILL", 9), ("USR1", 10), ("SEGV", 11), ("USR2", 12), ("PIPE", 13), ("ALRM", 14),
    ("TERM", 15), ("STKFLT", 16), ("CHLD", 17), ("CONT", 18), ("STOP", 19), ("TSTP", 20),
    ("TTIN", 21), ("TTOU", 22), ("URG", 23), ("XCPU", 24), ("XFSZ", 25), ("VTALRM", 26),
    ("PROF", 27), ("WINCH", 28), ("IO", 29), ("PWR", 30), ("SYS", 31),
  ]

  /// The name of a signal without SIG, or its number when it has none.
  ///
  /// - Parameter number: As the kernel counts them.
  /// - Returns: `TERM` for 15, `34` for 34.
  package static func name(of number: Int32) -> String {
    names.first { $0.number == number }?.name ?? String(number)
  }

  /// The number behind `SIGTERM`, `TERM`, `term` or `15`.
  ///
  /// - Parameter text: As a person wrote it.
  /// - Returns: nil when Linux has no such signal.
  package static func number(of text: String) -> Int32? {
    if let number = Int32(text) { return (1...64).contains(number) ? number : nil }
    let upper = text.uppercased()
    let name = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
    return names.first { $0.name == name }?.number
  }
}
