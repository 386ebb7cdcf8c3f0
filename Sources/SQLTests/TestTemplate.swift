/// The text of a new test file: it passes as it is.
///
/// - Parameter name: What it tests.
/// - Returns: SQL for pgTAP.
package func testTemplate(named name: String) -> String {
  let label = name.split(separator: "'").joined()
  return """
    begin;
    select plan(1);

    -- Everything until the rollback is undone: rows and roles are this file's own.
    select has_schema('public', '\(label): the schema public is there');

    select * from finish();
    rollback;

    """
}
