/// What `Benchmarks/run` asks for.
struct Options {
  var homebase = ""
  var repository = ""
  var isQuick = false
  /// Groups of rows; empty for all.
  var only: [String] = []
  /// Where the table is written as well.
  var output: String?

  /// Reads the command line.
  ///
  /// - Parameters:
  ///   - arguments: Without the program's name.
  ///   - groups: The names that `--only` knows.
  /// - Throws: `FigureError.noSense`.
  init(_ arguments: [String], groups: [String]) throws {
    var rest = arguments[...]
    func value(of option: String) throws -> String {
      guard let value = rest.popFirst() else {
        throw FigureError.noSense("\(option) wants a value")
      }
      return value
    }
    while let argument = rest.popFirst() {
      switch argument {
      case "--homebase": homebase = try value(of: argument)
      case "--repository": repository = try value(of: argument)
      case "--output": output = try value(of: argument)
      case "--quick": isQuick = true
      case "--only":
        only += try value(of: argument).split(separator: ",").map(String.init)
      default: throw FigureError.noSense("unknown option \(argument)")
      }
    }
    for name in only where !groups.contains(name) {
      throw FigureError.noSense("no row \(name); there are \(groups.joined(separator: " "))")
    }
    guard homebase.hasPrefix("/"), exists(homebase) else {
      throw FigureError.noSense("no homebase at \(homebase)")
    }
    guard exists("\(repository)/Benchmarks/make-project") else {
      throw FigureError.noSense("--repository is not homebase's repository")
    }
  }

  /// How often something is measured.
  func count(_ full: Int, quick: Int) -> Int { isQuick ? quick : full }
}
