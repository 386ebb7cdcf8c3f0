import Diagnostics
import MockData
import Testing

@Suite struct LintTests {
  /// Real people's data must not reach a repository; what cannot be anybody's may.
  @Test(arguments: [
    ("insert into t values ('asha.rao@gmail.com');", ["personal_email"]),
    ("'A.B+c@mail.corp.co.in'", ["personal_email"]),
    (
      "x@company.io, y@example.io",
      ["personal_email", "personal_email"]
    ),
    ("'a@example.com', 'b@mail.example.org', 'c@x.test', 'd@y.invalid', 'e@localhost'", []),
    ("'a@b.example' '@> ' tags @> '{a}' and x@1.2.3 pkg@2.0", []),
    ("select '{\"a\":1}'::jsonb @> '{}' -- @mention", []),
    ("values ('+91 98765 43210')", ["personal_phone"]), ("'+919876543210'", ["personal_phone"]),
    ("'+91-98765-43210'", ["personal_phone"]), ("'00919876543210'", ["personal_phone"]),
    ("'91 9876543210'", ["personal_phone"]), ("('9876543210')", ["personal_phone"]),
    ("'98765 43210'", ["personal_phone"]), ("update t set phone = 9876543210;", ["personal_phone"]),
    ("insert into t (id) values (9876543210);", []), ("'+12025550123'", []), ("'1712345678'", []),
    ("'1234567890'", []), ("'+1 987 654 3210'", []), ("98765432101", []), ("'x9876543210'", []),
    ("'234123412346'", ["personal_aadhaar"]), ("'2341 2341 2346'", ["personal_aadhaar"]),
    ("'2341-2341-2346'", ["personal_aadhaar"]), ("'2341 2341 2347'", []), ("'134123412346'", []),
    ("'0000 0000 0000'", []), ("'a234123412346'", []), ("1.234123412346", []),
    ("202401310930, '20240131093000', '20260114093000_x.sql'", []),
    ("'ABCPE1234F'", ["personal_pan"]), ("ABCHK0001Z", ["personal_pan"]), ("'ABCDE1234F'", []),
    ("'AAAPA0000A'", []), ("'XABCPE1234F'", []), ("'abcpe1234f'", []),
    ("'4111 1111 1111 1111'", ["personal_card"]), ("4111111111111111", ["personal_card"]),
    ("'5555-5555-5555-4444'", ["personal_card"]), ("'378282246310005'", ["personal_card"]),
    ("'3782 822463 10005'", ["personal_card"]), ("'6011111111111117'", ["personal_card"]),
    ("'4111111111111112'", []), ("1712345678901", []), ("'0000 0000 0000 0000'", []),
    ("'00000000-0000-4111-8111-411111111111', '41111111-1111-4111-8111-111111111111'", []),
    ("'a@gmail.com' -- homebase: allow personal_email", []),
    ("'a@gmail.com' -- homebase: allow personal_card", ["personal_email"]),
    ("'a@gmail.com', '4111111111111111' /* homebase: allow personal_card, personal_email */", []),
  ])
  func realPeoplesDataIsRefused(text: String, codes: [String]) {
    #expect(lint(text, file: "seed.sql").map(\.code) == codes, "\(text)")
  }

  /// The person finds the place; the message can be pasted into an issue.
  @Test func placeIsExactAndTheValueMasked() throws {
    let text = "-- seeds\ninsert into people (name, mobile)\nvalues\n  ('Zoë', 9876543210);\n"
    let found = try #require(lint(text, file: "seeds/people.sql").first)
    #expect(found.location == SourceLocation(file: "seeds/people.sql", line: 4, column: 11))
    #expect(found.category == .refused)
    #expect(!found.lines().joined().contains("98765"))
    let email = try #require(lint("'zoe.rao@gmail.com'", file: "a.sql").first)
    #expect(email.message == "z…@gmail.com looks like an e-mail address that may be somebody's")
  }

  /// A telephone column of one statement says nothing of the next statement's ids.
  @Test func phoneContextEndsWithTheStatement() {
    let text = """
      insert into a (id, phone) values
        (1, null);
      insert into b (id, parent) values
        (9876543210, 8876543210);
      """
    #expect(lint(text, file: "a.sql").isEmpty)
  }
}
