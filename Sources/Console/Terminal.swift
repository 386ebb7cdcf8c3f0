import Glibc

/// What is known about the three standard descriptors.
package struct Terminal: Sendable, Hashable {
  /// Whether standard output is painted.
  package var output: Palette
  /// Whether standard error is painted.
  package var errors: Palette
  /// Whether a person sees standard output.
  package var showsOutput: Bool
  /// Whether a person sees standard error while the command runs.
  package var showsProgress: Bool
  /// Whether a person can be asked.
  package var canAsk: Bool
  /// The columns of the screen that shows standard output; nil when nobody looks.
  package var width: Int?
  /// The columns of the screen that shows standard error; nil when nobody looks.
  package var progressWidth: Int?

  package init(
    output: Palette = .plain, errors: Palette = .plain, showsOutput: Bool = false,
    showsProgress: Bool = false, canAsk: Bool = false, width: Int? = nil,
    progressWidth: Int? = nil
  ) {
    self.output = output
    self.errors = errors
    self.showsOutput = showsOutput
    self.showsProgress = showsProgress
    self.canAsk = canAsk
    self.width = width
    self.progressWidth = progressWidth
  }

  /// Looks at the descriptors and at what the environment says about colours.
  ///
  /// `NO_COLOR` (any value) switches them off, `CLICOLOR_FORCE` (not `0`) on.
  /// Source: no-color.org, bixense.com/clicolors.
  ///
  /// - Parameter environment: The process's variables.
  /// - Returns: What the descriptors are now.
  package static func detect(environment: [String: String]) -> Terminal {
    let isDumb = environment["TERM"] == "dumb"
    let isForced = !["", "0"].contains(environment["CLICOLOR_FORCE"] ?? "")
    let isOff = !(environment["NO_COLOR"] ?? "").isEmpty
    func palette(_ descriptor: Int32) -> Palette {
      Palette(isColoured: !isOff && (isForced || (isatty(descriptor) != 0 && !isDumb)))
    }
    let showsOutput = isatty(STDOUT_FILENO) != 0
    let showsErrors = isatty(STDERR_FILENO) != 0
    return Terminal(
      output: palette(STDOUT_FILENO), errors: palette(STDERR_FILENO), showsOutput: showsOutput,
      showsProgress: showsErrors && !isDumb, canAsk: isatty(STDIN_FILENO) != 0 && showsErrors,
      width: showsOutput ? columns(STDOUT_FILENO) : nil,
      progressWidth: showsErrors ? columns(STDERR_FILENO) : nil)
  }

  private static func columns(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return nil }
    return Int(size.ws_col)
  }
}
