/// One thing in a database that SQL can create: what it is called, and what the catalog says of it.
package struct SchemaObject: Sendable, Hashable {
  /// What kind of thing, in the order in which kinds are mostly created.
  package enum Kind: String, Sendable, Hashable, CaseIterable, Comparable {
    case schema, `extension`, foreignServer, collation, enumeration, composite, domain, range
    case sequence
    case table, foreignTable, column, `default`, function, procedure, aggregate, cast, `operator`
    case constraint, index, view, materializedView, statistics, rule, trigger, policy, eventTrigger
    case publication, publicationMember, defaultPrivileges, bucket

    package static func < (left: Kind, right: Kind) -> Bool { left.rank < right.rank }

    private static let ranks = Dictionary(
      uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })

    private var rank: Int { Self.ranks[self] ?? 0 }
  }

  /// What tells an object from all others of its database.
  package struct Key: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var kind: Kind
    /// As SQL names it, quoted where it must be: `public.orders`, `own_rows on public.orders`.
    package var name: String

    package init(_ kind: Kind, _ name: String) {
      self.kind = kind
      self.name = name
    }

    package var description: String { "\(kind.rawValue) \(name)" }

    package static func < (left: Key, right: Key) -> Bool {
      left.kind == right.kind ? left.name < right.name : left.kind < right.kind
    }
  }

  /// A column of the queries; what it holds is said there.
  package enum Fact: String, Sendable, Hashable, CaseIterable {
    case accessMethod, allTables, arguments, check, clustered, collation, columns, command, comment
    case compression, `default`, definition, enabled, forcedRowSecurity, fullArguments, generated
    case identity, identityOptions, inherited, isConstraint, managed, name, notNull, options
    case ownedBy, owner, parents, partitionBound, partitionKey, persistence, replicaIdentity, roles
    case rowSecurity, schema, server, statisticsTarget, storage, type, using, version
  }

  package var key: Key
  /// As SQL names the table or type that this is a part of.
  package var parent: String?
  /// What is null in the catalog is not there.
  package var facts: [Fact: String]
  /// Who may do what; nil where the kind has no grants.
  package var grants: AccessList?
  /// Orders columns.
  package var number: Int
  /// What it cannot be without: its table, the types of its columns, the functions it calls.
  package var dependencies: Set<Key>

  package init(
    key: Key, parent: String? = nil, facts: [Fact: String] = [:], grants: AccessList? = nil,
    number: Int = 0, dependencies: Set<Key> = []
  ) {
    self.key = key
    self.parent = parent
    self.facts = facts
    self.grants = grants
    self.number = number
    self.dependencies = dependencies
  }

  package subscript(fact: Fact) -> String? {
    get { facts[fact] }
    set { facts[fact] = newValue }
  }

  /// Whether the catalog says yes.
  ///
  /// - Parameter fact: One that is true, false or not there.
  /// - Returns: False when it is not there.
  package func isTrue(_ fact: Fact) -> Bool { facts[fact] == "t" }
}

/// Who may do what with an object, as `aclitem` says it.
package struct AccessList: Sendable, Hashable {
  /// One privilege of one role.
  package struct Entry: Sendable, Hashable {
    /// The role as the catalog spells it; empty is everybody.
    package var grantee: String
    /// As `aclitem` abbreviates it: `r` is select.
    package var privilege: Character

    package init(grantee: String, privilege: Character) {
      self.grantee = grantee
      self.privilege = privilege
    }
  }

  /// The value says whether the role may pass it on.
  package var entries: [Entry: Bool]

  package init(entries: [Entry: Bool] = [:]) {
    self.entries = entries
  }

  /// Reads `aclitem`s, one a line; who granted is left aside.
  ///
  /// - Parameter text: `anon=arw*/postgres`, a role with unusual letters in double quotes.
  package init(parsing text: some StringProtocol) {
    entries = [:]
    for line in text.split(separator: "\n") {
      var rest = line[...]
      var grantee = ""
      if rest.first == "\"" {
        rest.removeFirst()
        while let character = rest.popFirst() {
          if character == "\"" {
            guard rest.first == "\"" else { break }
            rest.removeFirst()
          }
          grantee.append(character)
        }
      } else {
        grantee = String(rest.prefix { $0 != "=" })
        rest = rest.drop { $0 != "=" }
      }
      guard rest.popFirst() == "=" else { continue }
      while let letter = rest.popFirst(), letter != "/" {
        let canPassOn = rest.first == "*"
        if canPassOn { rest.removeFirst() }
        entries[Entry(grantee: grantee, privilege: letter)] = canPassOn
      }
    }
  }
}
