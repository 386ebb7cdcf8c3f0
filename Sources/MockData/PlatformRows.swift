internal import SchemaCatalog

/// The tables of the Supabase platform that an app's tables point at.
enum PlatformRows {
  static let users = QualifiedName("auth", "users")
  static let identities = QualifiedName("auth", "identities")

  /// Schemas that the platform fills; their tables get rows only when an app's tables need them.
  static let schemas: Set = [
    "auth", "storage", "realtime", "vault", "cron", "net", "pgsodium", "graphql", "graphql_public",
    "extensions", "supabase_functions", "supabase_migrations", "pgbouncer", "_realtime",
    "_analytics", "_supavisor", "homebase", "information_schema",
  ]

  /// `password`, hashed: every mock user signs in with it.
  static let passwordHash = "$2a$06$IP1Bh/I7e/c2m5iO1iRPpOHNFdBfk7IG0Vqd6beqy34VoDgMAo/c6"

  static func isOneToOne(_ table: QualifiedName) -> Bool { table == identities }

  /// The value of a column whose meaning the auth service gives; nil for every other.
  static func value(
    table: QualifiedName, column: String, row: MockRow, random: MockRandom, index: Int
  ) -> MockValue? {
    switch table {
    case users: user(column, random, index)
    case identities: identity(column, row, random)
    default: nil
    }
  }

  private static func user(_ column: String, _ random: MockRandom, _ index: Int) -> MockValue? {
    var words = PlausibleText(random: random, row: index, isUnique: true)
    let name = words.fullName()
    let handle = name.lowercased().split(separator: " ").joined(separator: ".") + ".\(index + 1)"
    let joined = CalendarTime.date(ValueMaker.epoch + Double(index % 180) * 86400) + " 09:00:00+00"
    switch column {
    case "id": return nil
    case "instance_id": return .text("00000000-0000-0000-0000-000000000000")
    case "aud", "role": return .text("authenticated")
    case "email": return .text("\(handle)@example.com")
    case "encrypted_password": return .text(passwordHash)
    case "email_confirmed_at", "created_at", "updated_at", "last_sign_in_at":
      return MockValue(text: joined, scalar: .unknown)
    case "raw_app_meta_data":
      return .opaque("{\"provider\": \"email\", \"providers\": [\"email\"]}")
    case "raw_user_meta_data":
      let first = name.split(separator: " ").first ?? ""
      let last = name.split(separator: " ").last ?? ""
      return .opaque(
        """
        {"name": "\(name)", "full_name": "\(name)", "first_name": "\(first)", \
        "last_name": "\(last)", "username": "\(handle)", "user_name": "\(handle)", \
        "email": "\(handle)@example.com", \
        "avatar_url": "https://example.com/avatars/\(index + 1).png"}
        """)
    // The auth service reads these as texts and fails on null.
    case "confirmation_token", "recovery_token", "email_change_token_new", "email_change",
      "email_change_token_current", "phone_change", "phone_change_token", "reauthentication_token":
      return .text("")
    case "email_change_confirm_status": return .number(0)
    case "is_super_admin", "is_sso_user", "is_anonymous": return .bool(false)
    default: return .null
    }
  }

  private static func identity(
    _ column: String, _ row: MockRow, _ random: MockRandom
  ) -> MockValue? {
    let user = row["user_id"]?.text ?? ""
    switch column {
    case "provider": return .text("email")
    case "provider_id": return .text(user)
    case "identity_data": return .opaque("{\"sub\": \"\(user)\", \"email_verified\": true}")
    case "last_sign_in_at", "created_at", "updated_at":
      return MockValue(text: "2024-06-01 09:00:00+00", scalar: .unknown)
    default: return nil
    }
  }
}
