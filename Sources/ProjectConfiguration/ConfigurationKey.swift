/// A table of the configuration: a struct whose keys are listed once, in `keys`.
///
/// The struct's own initial values are the defaults.
protocol ConfigurationSection: Sendable {
  init()

  /// Everything the table may hold; `enabled` comes first.
  static var keys: [ConfigurationKey<Self>] { get }

  /// False when the table says `enabled = false`: unset variables in it are nobody's problem.
  var isEnabled: Bool { get }
}

extension ConfigurationSection {
  var isEnabled: Bool { true }
}

/// One key of a table: its names, how it is read, and what the documentation says of it.
struct ConfigurationKey<Section: Sendable>: Sendable {
  typealias Path<Value> = any WritableKeyPath<Section, Value> & Sendable

  let name: String
  /// Names from before a renaming; read as well.
  var formerNames: [String] = []
  /// Has no effect on a local stack: parsed, checked, left alone.
  var isHosted = false
  /// Listed for documentation: what is expected, the default, and keys inside of it.
  let describe: @Sendable (Section, _ path: String) -> [KeyDescription]
  /// Reads the key from its node, if there is one, and from the environment.
  let read: @Sendable (inout Section, TOMLNode?, inout ConfigurationReader) -> Void

  /// A key with one value.
  static func value<Value: Sendable>(
    _ name: String, _ path: Path<Value>, _ rule: ValueRule<Value>, formerly: [String] = [],
    hosted: Bool = false, environment: Bool = true
  ) -> Self {
    Self(
      name: name, formerNames: formerly, isHosted: hosted,
      describe: { section, place in
        [
          KeyDescription(
            path: place, expectation: rule.expectation,
            defaultLiteral: rule.literal(section[keyPath: path]), isHosted: hosted)
        ]
      },
      read: { section, node, reader in
        if let value = reader.value(rule, node, overridable: environment) {
          section[keyPath: path] = value
        }
      })
  }

  /// A table that is always there.
  static func section<Child: ConfigurationSection>(
    _ name: String, _ path: Path<Child>, formerly: [String] = [], hosted: Bool = false
  ) -> Self {
    Self(
      name: name, formerNames: formerly, isHosted: hosted,
      describe: { section, place in
        descriptions(of: section[keyPath: path], at: place, hosted: hosted)
      },
      read: { section, node, reader in
        reader.section(&section[keyPath: path], node)
      })
  }

  /// A table that only the file can bring: variables alone do not make one.
  static func optionalSection<Child: ConfigurationSection>(
    _ name: String, _ path: Path<Child?>, hosted: Bool = false
  ) -> Self {
    Self(
      name: name, isHosted: hosted,
      describe: { _, place in descriptions(of: Child(), at: place, hosted: hosted) },
      read: { section, node, reader in
        guard node != nil || section[keyPath: path] != nil else { return }
        var child = section[keyPath: path] ?? Child()
        reader.section(&child, node)
        section[keyPath: path] = child
      })
  }

  /// Tables with names of the user's choice, or of a list.
  static func sections<Child: ConfigurationSection>(
    _ name: String, _ path: Path<[String: Child]>, among names: [String]? = nil,
    hosted: Bool = false
  ) -> Self {
    Self(
      name: name, isHosted: hosted,
      describe: { _, place in descriptions(of: Child(), at: "\(place).<name>", hosted: hosted) },
      read: { section, node, reader in
        reader.sections(&section[keyPath: path], node, among: names)
      })
  }

  /// Values with names of the user's choice.
  static func values<Value: Sendable>(
    _ name: String, _ path: Path<[String: Value]>, _ rule: ValueRule<Value>,
    among names: [String]? = nil, hosted: Bool = false
  ) -> Self {
    Self(
      name: name, isHosted: hosted,
      describe: { _, place in
        [
          KeyDescription(
            path: "\(place).<name>", expectation: rule.expectation, defaultLiteral: nil,
            isHosted: hosted)
        ]
      },
      read: { section, node, reader in
        reader.values(&section[keyPath: path], node, rule, among: names)
      })
  }

  /// A list of tables.
  static func list<Child: ConfigurationSection>(
    _ name: String, _ path: Path<[Child]>, hosted: Bool = false
  ) -> Self {
    Self(
      name: name, isHosted: hosted,
      describe: { _, place in descriptions(of: Child(), at: "\(place)[]", hosted: hosted) },
      read: { section, node, reader in
        if let children: [Child] = reader.list(node) { section[keyPath: path] = children }
      })
  }

  /// A key of the hosted platform, whatever is in it.
  static func anything(_ name: String) -> Self {
    Self(
      name: name, isHosted: true,
      describe: { _, place in
        [
          KeyDescription(
            path: place, expectation: "anything", defaultLiteral: nil, isHosted: true)
        ]
      },
      read: { _, _, _ in })
  }
}

/// What the documentation and the tests know of a key.
package struct KeyDescription: Sendable, Hashable {
  /// `db.port`; `<name>` stands for a name of the user's choice.
  package let path: String
  /// `a port from 0 to 65535`.
  package let expectation: String
  /// As it would be written in the file; nil when the key is unset.
  package let defaultLiteral: String?
  /// Has no effect on a local stack.
  package let isHosted: Bool
}

private func descriptions<Section: ConfigurationSection>(
  of section: Section, at place: String, hosted: Bool
) -> [KeyDescription] {
  Section.keys.flatMap { key in
    key.describe(section, "\(place).\(key.name)").map { known in
      KeyDescription(
        path: known.path, expectation: known.expectation, defaultLiteral: known.defaultLiteral,
        isHosted: known.isHosted || hosted)
    }
  }
}
