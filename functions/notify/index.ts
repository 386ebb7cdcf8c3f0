// notify: tells the members of an organisation something, as a comment on one of its documents.
//
// POST {"document_id": "…", "body": "…"} with a user's token. The caller's own row policies
// decide whether that works: the function holds no key that could go round them.

const url = Deno.env.get("SUPABASE_URL") ?? "";
const anonKey = Deno.env.get("SUPABASE_ANON_KEY") ?? "";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function answer(status: number, body: unknown): Response {
  return Response.json(body, { status });
}

/** The `sub` of a token that the gateway has verified already. */
function subject(authorization: string): string | undefined {
  try {
    const payload = authorization.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(payload)).sub;
  } catch {
    return undefined;
  }
}

Deno.serve(async (request) => {
  if (request.method !== "POST") {
    return answer(405, { error: "use POST" });
  }
  const authorization = request.headers.get("Authorization") ?? "";
  const author = subject(authorization);
  if (author === undefined) {
    return answer(401, { error: "sign in first" });
  }
  const { document_id, body } = await request.json().catch(() => ({}));
  if (typeof document_id !== "string" || !uuid.test(document_id)) {
    return answer(400, { error: "document_id must be a uuid" });
  }
  if (typeof body !== "string" || body.length < 1 || body.length > 4000) {
    return answer(400, { error: "body must have 1 to 4000 characters" });
  }

  const response = await fetch(`${url}/rest/v1/comments`, {
    method: "POST",
    headers: {
      "Authorization": authorization,
      "apikey": anonKey,
      "Content-Type": "application/json",
      "Prefer": "return=representation",
    },
    body: JSON.stringify({ document_id, body, author_id: author }),
  });
  if (!response.ok) {
    return answer(response.status, { error: "the comment was refused" });
  }
  const [comment] = await response.json();
  return answer(201, { comment_id: comment.id });
});
