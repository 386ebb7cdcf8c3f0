import Glibc
import Testing

@testable import RESTService

/// Who a request is from, and what it may therefore see.
@Suite struct IdentityTests {
  private static let notes = """
    create table notes (id int primary key, owner text, body text);
    insert into notes select i, 'u' || i % 5, 'n' || i from generate_series(1, 50) i;
    alter table notes enable row level security;
    create policy own on notes for all to rest_user
      using (owner = current_setting('request.jwt.claims', true)::json ->> 'sub');
    revoke all on notes from rest_anon;
    create function who() returns json language sql stable as $$
      select json_build_object(
        'role', current_user, 'claims', current_setting('request.jwt.claims', true)::json,
        'method', current_setting('request.method', true),
        'path', current_setting('request.path', true),
        'agent', current_setting('request.headers', true)::json ->> 'user-agent',
        'inside', current_setting('request.headers', true)::json -> 'x-homebase-stack',
        'cookie', current_setting('request.cookies', true)::json ->> 'b',
        'timeout', current_setting('statement_timeout'),
        'isolation', current_setting('transaction_isolation'),
        'path_of_names', current_setting('search_path')) $$;
    """

  @Test func everyRoleSeesItsOwn() async throws {
    try await ServiceFixture.with(Self.notes) { service in
      let anonymous = await service.send("GET /notes")
      #expect(anonymous.status == 401)
      #expect(anonymous["WWW-Authenticate"] == "Bearer")
      #expect(anonymous.body.contains("42501"))
      // The key for clients is a token of the anonymous role.
      let keyed = await service.send("GET /notes", as: "rest_anon")
      #expect(keyed.status == 401)
      #expect(keyed["WWW-Authenticate"] == "Bearer")
      let user = await service.send(
        "GET /notes?select=owner", as: "rest_user", claims: #","sub":"u3""#,
        headers: [("prefer", "count=exact")])
      #expect(user["Content-Range"] == "0-9/10")
      let server = await service.send(
        "GET /notes", as: "rest_service", headers: [("prefer", "count=exact")])
      #expect(server["Content-Range"] == "0-49/50")
      let stranger = await service.send("GET /notes", as: "no_such_role")
      #expect(stranger.status == 401)
      let forbidden = await service.send("GET /notes", as: "pg_signal_backend")
      #expect(forbidden.status == 403)
    }
  }

  @Test func functionsKnowTheRequest() async throws {
    try await ServiceFixture.with(Self.notes) { service in
      let answer = await service.send(
        "GET /rpc/who", as: "rest_slow", claims: #","sub":"s""#,
        headers: [
          ("user-agent", "t"), ("x-homebase-stack", "main"), ("cookie", "a=1; b=2"),
        ])
      #expect(answer.body.contains(#""role" : "rest_slow""#))
      #expect(answer.body.contains(#""claims" : {"role":"rest_slow","sub":"s"}"#))
      #expect(answer.body.contains(#""method" : "GET", "path" : "/rpc/who", "agent" : "t""#))
      #expect(answer.body.contains(#""inside" : null, "cookie" : "2", "timeout" : "77s""#))
      #expect(answer.body.contains(#""isolation" : "read committed""#))
      let strict = await service.send("GET /rpc/who", as: "rest_strict")
      #expect(strict.body.contains(#""isolation" : "serializable""#))
      let anonymous = await service.send("GET /rpc/who")
      #expect(anonymous.body.contains(#""claims" : {"role":"rest_anon"}"#))
    }
  }

  @Test func badTokensAreRefused() async throws {
    try await ServiceFixture.with(Self.notes) { service in
      let broken = await service.send("GET /notes", headers: [("authorization", "Bearer a.b")])
      #expect(broken.status == 401)
      #expect(broken.body.contains("Expected 3 parts in JWT; got 2"))
      #expect(broken["WWW-Authenticate"]?.contains("invalid_token") == true)
      let old = await service.send("GET /notes", as: "rest_user", claims: #","exp":1"#)
      #expect(old.status == 401)
      #expect(old.body.contains("JWT expired"))
    }
    try await ServiceFixture.with(Self.notes, anonymous: nil) { service in
      let nobody = await service.send("GET /notes")
      #expect(nobody.status == 401)
      #expect(nobody.body.contains("PGRST302"))
    }
  }

  /// `FULL=1` sends all of those that are promised; fewer leave the machine to the other tests.
  private static var requests: Int { getenv("FULL") == nil ? 2_000 : 10_000 }

  /// Many requests of many people on few sessions: none sees what is another's.
  @Test func nothingLeaksFromOneRequestToTheNext() async throws {
    try await ServiceFixture.with(Self.notes, pool: 4) { service in
      let seed = UInt64.random(in: 0 ... .max)
      let wrong = await withTaskGroup(of: [String].self) { group in
        for worker in 0..<20 {
          group.addTask {
            var random = Seeded(seed &+ UInt64(worker))
            var wrong: [String] = []
            for _ in 0..<Self.requests / 20 {
              let number = Int(random.next() % 7)
              switch number {
              case 0..<5:
                let owner = "u\(number)"
                let answer = await service.send(
                  "GET /notes?select=owner", as: "rest_user", claims: ",\"sub\":\"\(owner)\"")
                let others = (0..<5).filter { $0 != number }.contains {
                  answer.body.contains("\"u\($0)\"")
                }
                if answer.status != 200 || others || !answer.body.contains("\"\(owner)\"") {
                  wrong.append("\(owner): \(answer.status) \(answer.body)")
                }
              case 5:
                let answer = await service.send("GET /notes")
                if answer.status != 401 { wrong.append("anonymous: \(answer.status)") }
              default:
                let answer = await service.send(
                  "PATCH /notes?id=eq.1&select=id,owner", as: "rest_user",
                  claims: #","sub":"u2""#, headers: [("prefer", "return=representation")],
                  body: #"{"body":"x"}"#)
                if answer.body != "[]" { wrong.append("write: \(answer.body)") }
              }
            }
            return wrong
          }
        }
        return await group.reduce(into: [String]()) { $0 += $1 }
      }
      #expect(wrong.isEmpty, "seed \(seed): \(wrong.prefix(3))")
    }
  }
}

/// Random numbers that a seed repeats (xorshift64*).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed == 0 ? 1 : seed }
  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }
}
