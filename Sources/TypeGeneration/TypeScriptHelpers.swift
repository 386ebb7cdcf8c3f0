/// The types that look into `Database`: `Tables<"users">`, `Enums<"mood">` and so on.
///
/// supabase-js apps use them by these names with these parameters, so they are part of the contract.
/// The formatters of the two ages differ in a pair of parentheses.
enum TypeScriptHelpers {
  /// A helper that finds a row in a section: `TablesInsert`.
  private struct Row {
    var name: String
    var member: String
    var letter: String
  }

  /// The lines between `Database` and `Constants`.
  ///
  /// - Parameter compatibility: Whose output it is.
  /// - Returns: Lines without their ends.
  static func lines(_ compatibility: TypeScriptGenerator.Compatibility) -> [String] {
    let isLatest = compatibility == .latest
    var texts = [
      #"type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">"#,
      #"type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]"#,
      tables(isLatest),
    ]
    for row in [
      Row(name: "TablesInsert", member: "Insert", letter: "I"),
      Row(name: "TablesUpdate", member: "Update", letter: "U"),
    ] { texts.append(rows(row, isLatest)) }
    texts.append(
      values("Enums", parameter: "DefaultSchemaEnumNameOrOptions", name: "EnumName", isLatest))
    texts.append(
      values(
        "CompositeTypes", parameter: "PublicCompositeTypeNameOrOptions", name: "CompositeTypeName",
        isLatest))
    return texts.joined(separator: "\n\n").split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
  }

  /// The parameters: a name in the default schema, or a schema and a name in it.
  private static func head(
    _ helper: String, parameter: String, name: String, keys: String, found: String,
    _ isLatest: Bool
  ) -> String {
    let open = isLatest ? "(" : ""
    let close = isLatest ? ")" : ""
    return """
      export type \(helper)<
        \(parameter) extends
          | keyof \(keys)
          | { schema: keyof DatabaseWithoutInternals },
        \(name) extends \(open)\(parameter) extends {
          schema: keyof DatabaseWithoutInternals
        }
          ? keyof \(found)
          : never\(close) = never,
      > = \(parameter) extends {
        schema: keyof DatabaseWithoutInternals
      }
      """
  }

  private static func chosen(_ parameter: String, _ section: String) -> String {
    #"DatabaseWithoutInternals[\#(parameter)["schema"]]["\#(section)"]"#
  }

  private static func tables(_ isLatest: Bool) -> String {
    let parameter = "DefaultSchemaTableNameOrOptions"
    let views = chosen(parameter, "Views")
    let both = #"(DefaultSchema["Tables"] & DefaultSchema["Views"])"#
    let head = head(
      "Tables", parameter: parameter, name: "TableName", keys: both,
      found: "(\(chosen(parameter, "Tables")) &\n        \(views))", isLatest)
    return head + "\n" + """
        ? (\(chosen(parameter, "Tables")) &
            \(views))[TableName] extends {
            Row: infer R
          }
          ? R
          : never
        : \(parameter) extends keyof (DefaultSchema["Tables"] &
              DefaultSchema["Views"])
          ? (DefaultSchema["Tables"] &
              DefaultSchema["Views"])[\(parameter)] extends {
              Row: infer R
            }
            ? R
            : never
          : never
      """
  }

  private static func rows(_ row: Row, _ isLatest: Bool) -> String {
    let parameter = "DefaultSchemaTableNameOrOptions"
    let tables = chosen(parameter, "Tables")
    let head = head(
      row.name, parameter: parameter, name: "TableName", keys: #"DefaultSchema["Tables"]"#,
      found: tables, isLatest)
    return head + "\n" + """
        ? \(tables)[TableName] extends {
            \(row.member): infer \(row.letter)
          }
          ? \(row.letter)
          : never
        : \(parameter) extends keyof DefaultSchema["Tables"]
          ? DefaultSchema["Tables"][\(parameter)] extends {
              \(row.member): infer \(row.letter)
            }
            ? \(row.letter)
            : never
          : never
      """
  }

  private static func values(
    _ section: String, parameter: String, name: String, _ isLatest: Bool
  ) -> String {
    let head = head(
      section, parameter: parameter, name: name, keys: #"DefaultSchema["\#(section)"]"#,
      found: chosen(parameter, section), isLatest)
    return head + "\n" + """
        ? \(chosen(parameter, section))[\(name)]
        : \(parameter) extends keyof DefaultSchema["\(section)"]
          ? DefaultSchema["\(section)"][\(parameter)]
          : never
      """
  }
}
