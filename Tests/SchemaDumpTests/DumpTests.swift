import PostgresClient
import Testing

@testable import SchemaDump

@Suite struct DumpTests {
  private func filtered(_ text: String, _ dump: Dump = Dump(.schema)) -> [String] {
    var filter = DumpFilter(dump)
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .compactMap { filter.take(String($0)) }
  }

  /// A dump must apply where the platform, and perhaps part of the project, is there already.
  @Test(
    arguments: [
      (#"CREATE SCHEMA "app";"#, #"CREATE SCHEMA IF NOT EXISTS "app";"#),
      (#"CREATE TABLE "public"."t" ("#, #"CREATE TABLE IF NOT EXISTS "public"."t" ("#),
      (#"CREATE VIEW "public"."v" AS"#, #"CREATE OR REPLACE VIEW "public"."v" AS"#),
      (#"CREATE PUBLICATION "supabase_realtime";"#, nil),
      (#"CREATE EVENT TRIGGER "x" ON ddl_command_end"#, nil),
      (#"         WHEN TAG IN ('CREATE TABLE')"#, nil),
      (#"ALTER DEFAULT PRIVILEGES FOR ROLE "supabase_admin" IN SCHEMA "public" GRANT ALL;"#, nil),
      (
        #"ALTER DEFAULT PRIVILEGES FOR ROLE "postgres" GRANT ALL ON TABLES TO "anon";"#,
        #"ALTER DEFAULT PRIVILEGES FOR ROLE "postgres" GRANT ALL ON TABLES TO "anon";"#
      ),
      (#"GRANT USAGE ON SCHEMA "auth" TO "anon";"#, nil),
      (#"REVOKE ALL ON FUNCTION "storage"."f"() FROM PUBLIC;"#, nil),
      (
        #"GRANT ALL ON TABLE "public"."t" TO "anon";"#,
        #"GRANT ALL ON TABLE "public"."t" TO "anon";"#
      ),
      (#"COMMENT ON EXTENSION "citext" IS 'x';"#, nil),
      (
        #"CREATE EXTENSION IF NOT EXISTS "pgsodium" WITH SCHEMA "pgsodium";"#,
        #"CREATE EXTENSION IF NOT EXISTS "pgsodium";"#
      ),
      (#"SET transaction_timeout = 0;"#, nil), ("-- Name: t; Type: TABLE", nil),
    ] as [(String, String?)])
  func schemaLines(_ line: String, _ expected: String?) {
    #expect(filtered(line) == [expected].compactMap { $0 })
    if expected == nil, !line.hasPrefix("--") {
      #expect(filtered(line, Dump(.schema, keepsComments: true)) == ["-- " + line])
    }
  }

  /// A function's text is the project's own, whatever its lines begin with.
  @Test func bodiesStayAsTheyAre() {
    let text = """
      CREATE FUNCTION "public"."f"() RETURNS "void"
          AS $_$
      -- kept
      CREATE TABLE "x" ();
      \\restrict
      $_$;

      -- gone
      CREATE FUNCTION "public"."g"() AS $$select 1$$;
      -- gone, too
      """
    #expect(
      filtered(text) == [
        #"CREATE OR REPLACE FUNCTION "public"."f"() RETURNS "void""#, "    AS $_$", "-- kept",
        #"CREATE TABLE "x" ();"#, "\\restrict", "$_$;", "",
        #"CREATE OR REPLACE FUNCTION "public"."g"() AS $$select 1$$;"#,
      ])
  }

  /// Roles that every project has are not made once more; their settings are the project's.
  @Test func roles() {
    let text = """
      CREATE ROLE "anon";
      ALTER ROLE "anon" WITH NOSUPERUSER INHERIT;
      ALTER ROLE "anon" SET "statement_timeout" TO '3s';
      CREATE ROLE "supabase_etl_admin";
      CREATE ROLE "robot";
      ALTER ROLE "robot" WITH NOSUPERUSER INHERIT NOREPLICATION;
      GRANT "robot" TO "postgres";
      GRANT "robot" TO "reader";
      """
    #expect(
      filtered(text, Dump(.roles)) == [
        #"ALTER ROLE "anon" SET "statement_timeout" TO '3s';"#, #"CREATE ROLE "robot";"#,
        #"ALTER ROLE "robot" WITH INHERIT;"#, #"GRANT "robot" TO "reader";"#,
      ])
  }

  /// psql's own commands stand around a dump since a security release; rows are never edited.
  @Test func dataKeepsItsRows() {
    let text =
      "\\restrict abc\n-- row\nINSERT INTO x VALUES ('\n\\restrict def');\n\\unrestrict abc"
    #expect(
      filtered(text, Dump(.data)) == ["-- row", "INSERT INTO x VALUES ('", "\\restrict def');"])
  }

  @Test func commandLinesHideThePassword() throws {
    let parameters = try ConnectionParameters(
      url: "postgresql://me:p%40ss@db.example.org:6543/app")
    #expect(parameters.password == "p@ss")
    #expect(parameters.port == 6543 && parameters.database == "app" && parameters.user == "me")
    let line = Dump(.data, excludedTables: ["public.t"]).commandLine(parameters)
    #expect(!line.contains("p@ss"))
    #expect(line.hasPrefix("PGHOST=db.example.org PGPORT=6543 PGUSER=me PGDATABASE=app pg_dump "))
    #expect(line.contains(#"--exclude-table '"public"."t"'"#))
    #expect(Dump(.roles).commandLine(parameters).contains("pg_dumpall --roles-only"))
  }
}
