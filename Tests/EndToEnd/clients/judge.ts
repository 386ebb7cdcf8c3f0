// An app's day with supabase-js's requests: what it says of a stack is printed a line a case.
// usage: deno run --allow-net judge.ts < the JSON object that judge.py takes

import { type Answer, Client, type Data, type Query } from "./client.ts"

const given = JSON.parse(await new Response(Deno.stdin.readable).text())
const db = new Client(given.url, given.publishable)
const service = new Client(given.url, given.secret)
const ann = new Client(given.url, given.publishable, { token: given.ann })
const ben = new Client(given.url, given.publishable, { token: given.ben })
const annID = "00000000-0000-4000-8000-00000000000a"

const cases: [string, () => Promise<void>][] = []
const test = (name: string, body: () => Promise<void>) => cases.push([name, body])

/** The same value with the members of objects in one order. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== "object") return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]))
}

function equal(got: unknown, wanted: unknown) {
  const [left, right] = [JSON.stringify(plain(got)), JSON.stringify(plain(wanted))]
  if (left !== right) throw new Error(`wanted ${right}, got ${left}`)
}

async function good(query: PromiseLike<Answer>): Promise<Answer> {
  const answer = await query
  if (answer.error) throw new Error(`${answer.status} ${JSON.stringify(answer.error)}`)
  return answer
}

const data = async (query: PromiseLike<Answer>): Promise<Data> => (await good(query)).data
const ids = async (query: Query): Promise<unknown[]> =>
  (await data(query.order("id"))).map((row: Data) => row.id)

async function refused(
  query: PromiseLike<Answer>,
  status: number,
  code: string,
  parts: { message?: string | RegExp; details?: string | null; hint?: string | null } = {},
): Promise<Answer> {
  const answer = await query
  equal([answer.status, answer.error?.code], [status, code])
  equal(Object.keys(answer.error ?? {}).sort(), ["code", "details", "hint", "message"])
  const { message, ...others } = parts
  if (message instanceof RegExp) {
    if (!message.test(answer.error?.message ?? "")) throw new Error(`${answer.error?.message}`)
  } else if (message !== undefined) {
    equal(answer.error?.message, message)
  }
  for (const [name, wanted] of Object.entries(others)) {
    equal(answer.error?.[name as "hint"], wanted)
  }
  return answer
}

const books = (columns = "id") => db.from("books").select(columns)

test("filters of every kind", async () => {
  equal(await ids(books().eq("title", "Jane Eyre")), [2])
  equal(await ids(books().neq("price", 7)), [1, 2, 4])
  equal(await ids(books().gt("price", 9.99)), [1])
  equal(await ids(books().gte("price", 9.99)), [1, 2])
  equal(await ids(books().lt("price", 7)), [4])
  equal(await ids(books().lte("price", 7)), [3, 4])
  equal(await ids(books().like("title", "The %")), [1, 4])
  equal(await ids(books().ilike("title", "%ENGINE")), [1])
  equal(await ids(books().likeAnyOf("title", ["%Eyre", "%Orchard"])), [2, 4])
  equal(await ids(books().likeAllOf("title", ["The%", "%Engine"])), [1])
  equal(await ids(books().ilikeAnyOf("title", ["%eyre", "%orchard"])), [2, 4])
  equal(await ids(books().ilikeAllOf("title", ["the%", "%ENGINE"])), [1])
  equal(await ids(books().regexMatch("title", "^The")), [1, 4])
  equal(await ids(books().regexIMatch("title", "^the .*engine$")), [1])
  equal(await ids(books().isDistinct("price", 7)), [1, 2, 4, 5])
  equal(await ids(books().is("price", null)), [5])
  equal(await ids(books().is("in_print", false)), [3])
  equal(await ids(books().not("in_print", "is", null)), [1, 2, 3, 4])
  equal(await ids(books().not("id", "in", "(1,2)")), [3, 4, 5])
  equal(await ids(books().in("id", [1, 3, 3, 9])), [1, 3])
  equal(await ids(books().in("id", [])), [])
  equal(await ids(books().notIn("id", [1, 2])), [3, 4, 5])
  equal(await ids(db.from("authors").select("id").in("name", ["Brontë, Charlotte", "Dostoevsky (F.)"])), [2, 4])
  equal(await ids(books().match({ author_id: 2, in_print: false })), [3])
  equal(await ids(books().or("price.lt.6,pages.gt.600")), [4, 5])
  equal(await ids(books().or("id.eq.1, and(price.gt.9, pages.gt.200)")), [1, 2])
})

test("filters of arrays, JSON and ranges", async () => {
  const authors = () => db.from("authors").select("id")
  equal(await ids(authors().contains("tags", ["novel"])), [2, 3])
  equal(await ids(authors().containedBy("tags", ["novel", "drama"])), [2, 3, 4])
  equal(await ids(authors().overlaps("tags", ["math", "drama"])), [1, 3])
  equal(await ids(books().contains("meta", { lang: "en" })), [1, 2])
  equal(await ids(books().containedBy("meta", { lang: "ru", stock: 7 })), [4, 5])
  equal(await ids(books().eq("meta->>lang", "ru")), [4, 5])
  equal(await ids(books().gt("meta->stock", 2)), [1, 5])
  equal(await ids(books().contains("period", "[1850-01-01,1851-01-01)")), [2, 3])
  equal(await ids(books().overlaps("period", "[1842-06-01,1848-01-01)")), [1, 2])
  equal(await ids(books().rangeGt("period", "[1880-01-02,1900-01-01)")), [4])
  equal(await ids(books().rangeGte("period", "[1849-01-01,1860-01-01)")), [3, 4])
  equal(await ids(books().rangeLt("period", "[1847-01-01,1850-01-01)")), [1])
  equal(await ids(books().rangeLte("period", "[1845-01-01,1880-01-01)")), [1, 3])
  equal(await ids(books().rangeAdjacent("period", "[1900-01-01,1903-01-01)")), [2])
})

test("text search", async () => {
  equal(await ids(books().textSearch("search", "crime & punishment")), [5])
  equal(await ids(books().textSearch("search", "jane eyre", { type: "plain" })), [2])
  equal(await ids(books().textSearch("search", "analytical engine", { type: "phrase" })), [1])
  equal(await ids(books().textSearch("search", "orchard or engine -analytical", { type: "websearch" })), [4])
  equal(await ids(books().textSearch("title", "orchards", { config: "english" })), [4])
})

test("columns, aliases, casts, paths", async () => {
  const query = books('id, name:title, price::text, lang:meta->>lang, "pages"').eq("id", 2)
  equal(await data(query), [{ id: 2, name: "Jane Eyre", price: "9.99", lang: "en", pages: 500 }])
})

test("order, limit, range", async () => {
  const order = async (query: Query) => (await data(query)).map((row: Data) => row.id)
  equal(await order(books().order("in_print", { ascending: false, nullsFirst: false }).order("id", { ascending: false })), [4, 2, 1, 3, 5])
  equal(await order(books().order("price", { nullsFirst: true })), [5, 4, 3, 2, 1])
  const byPublisher = books("id,publishers(name)").order("publishers(name)", { ascending: false, nullsFirst: false })
  equal(await order(byPublisher.order("id")), [3, 4, 1, 2, 5])
  equal(await order(books().order("id").limit(0)), [])
  equal(await order(books().order("id").limit(2)), [1, 2])
  equal(await order(books().order("id").range(1, 3)), [2, 3, 4])
  const part = await good(books().order("id").range(1, 2))
  equal([part.status, part.headers.get("content-range")], [200, "1-2/*"])
})

test("counts", async () => {
  const part = await good(db.from("books").select("id", { count: "exact" }).order("id").limit(2))
  equal([part.count, part.data.length, part.status, part.headers.get("content-range")], [5, 2, 206, "0-1/5"])
  const head = await good(db.from("books").select("*", { count: "exact", head: true }))
  equal([head.count, head.data, head.status, head.headers.get("content-length")], [5, null, 200, null])
  equal((await good(db.from("numbers").select("n", { count: "planned" }))).count, 120)
  equal((await good(db.from("numbers").select("n", { count: "estimated" }))).count, 120)
  const most = await good(db.from("numbers").select("n", { count: "exact" }))
  equal([most.count, most.data.length], [120, 100])
  await refused(db.from("books").select("id", { count: "exact" }).range(40, 50), 416, "PGRST103")
})

test("single and maybeSingle", async () => {
  equal(await data(books("title").eq("id", 2).single()), { title: "Jane Eyre" })
  await refused(books().eq("id", 77).single(), 406, "PGRST116", {
    message: "Cannot coerce the result to a single JSON object",
    details: "The result contains 0 rows",
    hint: null,
  })
  equal(await data(books("title").eq("id", 2).maybeSingle()), { title: "Jane Eyre" })
  equal(await data(books().eq("id", 77).maybeSingle()), null)
  equal(await data(db.from("books").update({ pages: 1 }).eq("id", 77).select().maybeSingle()), null)
})

test("CSV and stripped nulls", async () => {
  const csv = await good(db.from("genres").select("id,name").order("id").csv())
  equal(csv.data, "id,name\n1,novel\n2,drama\n3,science")
  equal(csv.headers.get("content-type"), "text/csv; charset=utf-8")
  equal(await data(db.from("publishers").select().eq("id", 2).stripNulls()), [{ id: 2, name: "South" }])
  equal(await data(db.from("publishers").select().eq("id", 2).single().stripNulls()), { id: 2, name: "South" })
  await refused(books().explain(), 406, "PGRST107")
})

test("embeds", async () => {
  equal(await data(books("title, publishers(name)").eq("id", 5)), [{ title: "Crime and Punishment", publishers: null }])
  await refused(books("title, authors(name)"), 300, "PGRST201")
  equal(
    await data(books("author:authors!books_author_id_fkey(name), editor:authors!editor_id(name)").eq("id", 2)),
    [{ author: { name: "Brontë, Charlotte" }, editor: { name: "Ada" } }],
  )
  const authors = db.from("authors").select("id, books!books_author_id_fkey(id)").order("id")
    .order("id", { ascending: false, referencedTable: "books" }).limit(1, { referencedTable: "books" })
  equal((await data(authors)).map((row: Data) => row.books[0].id), [1, 3, 4, 5])
  const some = db.from("authors").select("id, books!books_author_id_fkey(id)").order("id")
    .or("price.lt.6,pages.gt.600", { referencedTable: "books" })
  equal((await data(some)).map((row: Data) => row.books.length), [0, 0, 1, 1])
  equal(await ids(books("id, publishers!inner(name)").eq("publishers.name", "North")), [1, 2])
  equal(await ids(books("id, publishers()").is("publishers", null)), [5])
  equal(
    await data(books("id, genres(name)").eq("id", 5).order("name", { referencedTable: "genres" })),
    [{ id: 5, genres: [{ name: "drama" }, { name: "novel" }] }],
  )
  equal(await data(books("book_details(isbn)").eq("id", 2)), [{ book_details: { isbn: "isbn-2" } }])
  equal(await data(books("id, ...publishers(publisher:name)").eq("id", 2)), [{ id: 2, publisher: "North" }])
  const nested = db.from("publishers").select(`
    name,
    books (
      title,
      author:authors!author_id ( name, mentor:mentor_id ( name ) )
    )`).eq("id", 2).order("id", { referencedTable: "books" }).single()
  equal(await data(nested), {
    name: "South",
    books: [
      { title: "Shirley", author: { name: "Brontë, Charlotte", mentor: { name: "Ada" } } },
      { title: "The Cherry Orchard", author: { name: "Chekhov", mentor: null } },
    ],
  })
  equal(
    await data(db.from("authors").select("id, books!books_author_id_fkey(count)").eq("id", 2)),
    [{ id: 2, books: [{ count: 2 }] }],
  )
})

test("functions", async () => {
  equal(await data(db.rpc("add", { a: 1, b: 2 })), 3)
  equal(await data(db.rpc("add", { a: 1, b: 2 }, { get: true })), 3)
  equal(await data(db.rpc("describe", { book_id: 3 })), "Shirley")
  equal(await data(db.rpc("describe", { author_name: "x", loud: true })), "X")
  equal(await data(db.rpc("describe", { author_name: "x", loud: undefined }, { get: true })), "x")
  await refused(db.rpc("unclear", { a: 1 }), 300, "PGRST203")
  await refused(db.rpc("add", { a: 1 }), 404, "PGRST202", {
    message: "Could not find the function public.add(a) in the schema cache",
    hint: "Perhaps you meant to call the function public.add(a, b)",
  })
  equal(await data(db.rpc("books_of", { author: "%" }).select("id, publishers(name)").lt("price", 8).order("id", { ascending: false }).limit(1)), [
    { id: 4, publishers: { name: "South" } },
  ])
  equal(await data(db.rpc("books_of", { author: "Ada" }, { get: true }).select("title").single()), {
    title: "The Analytical Engine",
  })
  const counted = await good(db.rpc("books_of", { author: "%" }, { head: true, count: "exact" }))
  equal([counted.count, counted.data], [5, null])
  equal(await data(db.rpc("first_letters")), ["A", "B", "C", "D"])
  equal(await data(db.rpc("times", { n: 5 })), { twice: 10, thrice: 15 })
  equal(await data(db.rpc("total", { numbers: [1, 2, 3] })), 6)
  equal(await data(db.rpc("total", { numbers: [4, 5] }, { get: true })), 9)
  equal(await data(db.rpc("echo", { a: [1, { b: null }] })), { a: [1, { b: null }] })
  const nothing = await good(db.rpc("touch_stock", { to_shelf: "J" }))
  equal([nothing.data, nothing.status], [null, 204])
  equal((await data(db.from("stock").delete().eq("shelf", "J").select())).length, 1)
  await refused(db.rpc("touch_stock", { to_shelf: "J" }, { get: true }), 405, "25006")
  await refused(db.rpc("fail", { kind: "plain" }), 400, "P0001", { message: "it went wrong", hint: null, details: null })
  await refused(db.rpc("fail", { kind: "full" }), 402, "PT402", {
    message: "no more coffee",
    details: "the tin is empty",
    hint: "buy some",
  })
})

test("inserts", async () => {
  const quiet = await good(db.from("genres").insert({ id: 20, name: "poetry" }))
  equal([quiet.data, quiet.status, quiet.headers.get("content-type")], [null, 201, null])
  const shown = await good(db.from("genres").insert([{ id: 21, name: "epic" }, { id: 22, name: "ode" }], { count: "exact" }).select())
  equal([shown.data, shown.status, shown.count], [[{ id: 21, name: "epic" }, { id: 22, name: "ode" }], 201, 2])
  equal(await data(db.from("genres").insert({ id: 23, name: "elegy" }).select("name").single()), { name: "elegy" })
  const gone = await good(db.from("genres").delete({ count: "exact" }).gte("id", 20))
  equal([gone.data, gone.status, gone.count], [null, 204, 4])
  const rows = [{ shelf: "K", slot: 1, item: "x" }, { shelf: "K", slot: 2, amount: 1 }]
  await refused(db.from("stock").insert(rows), 400, "23502")
  equal(await data(db.from("stock").insert(rows, { defaultToNull: false }).select("item,amount")), [
    { item: "x", amount: 7 },
    { item: "nothing", amount: 1 },
  ])
  equal((await good(db.from("stock").delete().eq("shelf", "K"))).status, 204)
  equal((await good(db.from("stock").insert([]).select())).data, [])
})

test("upserts, updates, deletes", async () => {
  const stock = () => db.from("stock")
  const items = async (query: Query) => (await data(query)).map((row: Data) => row.item).sort()
  await good(stock().insert([{ shelf: "L", slot: 1, item: "a" }, { shelf: "L", slot: 2, item: "b" }]))
  equal(await items(stock().upsert([{ shelf: "L", slot: 2, item: "B" }, { shelf: "L", slot: 3, item: "c" }]).select()), ["B", "c"])
  equal(await items(stock().upsert([{ shelf: "L", slot: 3, item: "C" }, { shelf: "L", slot: 4, item: "d" }], { ignoreDuplicates: true }).select()), ["d"])
  equal(await items(stock().update({ item: "z" }).eq("shelf", "L").gt("slot", 2).select("item")), ["z", "z"])
  const quiet = await good(stock().update({ item: "y" }, { count: "exact" }).eq("shelf", "L"))
  equal([quiet.data, quiet.status, quiet.count], [null, 204, 4])
  await refused(stock().update({ item: "w" }).eq("shelf", "L").maxAffected(2), 400, "PGRST124", { details: "The query affects 4 rows" })
  equal(await items(stock().select("item").eq("shelf", "L")), ["y", "y", "y", "y"])
  equal(await data(db.from("book_details").upsert({ book_id: 2, isbn: "isbn-2", blurb: "x" }, { onConflict: "isbn" }).select("blurb")), [{ blurb: "x" }])
  await good(db.from("book_details").update({ blurb: "a governess" }).eq("book_id", 2))
  equal(await items(stock().delete().eq("shelf", "L").select()), ["y", "y", "y", "y"])
})

test("constraints and types", async () => {
  await refused(db.from("genres").insert({ id: 1, name: "again" }), 409, "23505", {
    details: "Key (id)=(1) already exists.",
    hint: null,
  })
  await refused(db.from("books").insert({ title: "x", author_id: 4000 }), 409, "23503")
  await refused(db.from("books").insert({ title: "x", author_id: 1, price: -1 }), 400, "23514")
  await refused(db.from("genres").insert({ id: 99 }), 400, "23502")
  await refused(db.from("books").insert({ title: "x", author_id: "many" }), 400, "22P02")
  await refused(db.from("genres").insert({ id: 50, colour: "red" }), 400, "PGRST204")
  const row = { title: 'Typed ❤ "q" \\ \n', author_id: 2, period: "[2020-01-01,2020-02-01)", meta: { é: [true, null, 1.5] } }
  equal(await data(db.from("books").insert(row).select("title, author_id, period, meta").single()), row)
  await good(db.from("books").delete().gt("id", 100))
})

test("odd names", async () => {
  const odd = (columns = "*") => db.from("Odd Table").select(columns)
  equal((await data(odd().eq('"dot.ted"', "c.d"))).length, 1)
  equal((await data(odd().eq("with space", "a b"))).length, 1)
  equal((await data(odd("camelCase").or('"dot.ted".eq.c.d,"with space".eq.none')))[0], { camelCase: 1 })
  equal((await data(odd("camelCase").order('"dot.ted"', { nullsFirst: false })))[0], { camelCase: 1 })
  const row = { camelCase: 9, "with space": "s", "dot.ted": "d", select: false, "ümläut": "u" }
  const made = await data(db.from("Odd Table").insert([row]).select('camelCase,"with space","dot.ted",select,"ümläut"').single())
  equal(made, row)
  equal((await good(db.from("Odd Table").delete().eq("camelCase", 9))).status, 204)
})

test("numbers that JavaScript cannot hold", async () => {
  const made = await data(db.from("kinds").insert({ big: "9007199254740993" }).select("id, big::text").single())
  equal(made.big, "9007199254740993")
  equal((await data(db.from("kinds").delete().eq("id", made.id).select("id"))).length, 1)
})

test("row level security", async () => {
  const bodies = async (client: Client) =>
    (await data(client.from("notes").select("body").order("id"))).map((row: Data) => row.body)
  equal(await bodies(db), ["for all to read"])
  equal(await bodies(ann), ["for all to read", "a of ann"])
  equal(await bodies(ben), ["for all to read", "b of ben"])
  equal(await bodies(service), ["for all to read", "a of ann", "b of ben"])
  const made = await data(ann.from("notes").insert({ body: "new" }).select().single())
  equal([made.owner, made.private], [annID, true])
  equal(await data(ben.from("notes").update({ body: "taken" }).eq("id", made.id).select()), [])
  await refused(ben.from("notes").insert({ body: "as ann", owner: annID }), 403, "42501", {
    message: 'new row violates row-level security policy for table "notes"',
  })
  await refused(db.from("notes").insert({ body: "x", owner: annID }), 401, "42501")
  equal((await data(service.from("notes").delete().eq("id", made.id).select())).length, 1)
  const me = await data(ann.rpc("who_am_i"))
  equal([me.database_role, me.uid, me.agent, me.method], ["authenticated", annID, "supabase-js-node/2.86.0", "POST"])
  await refused(db.from("vault_of_ours").select(), 401, "42501", { message: "permission denied for table vault_of_ours" })
  await refused(ann.from("vault_of_ours").select(), 403, "42501")
})

test("many users at once", async () => {
  const users: [Client, string[]][] = [
    [db, ["for all to read"]],
    [ann, ["for all to read", "a of ann"]],
    [ben, ["for all to read", "b of ben"]],
    [service, ["for all to read", "a of ann", "b of ben"]],
  ]
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 40 }, async (_, index) => {
      const [client, wanted] = users[(index * 7 + round) % 4]
      const rows = await data(client.from("notes").select("body").lt("id", 100).order("id"))
      equal(rows.map((row: Data) => row.body), wanted)
    }))
  }
})

test("tokens that are none", async () => {
  const ask = (token: string) => new Client(given.url, given.publishable, { token }).from("books").select("id")
  const expired = await refused(ask(given.expired), 401, "PGRST303", { message: "JWT expired" })
  equal(expired.headers.get("www-authenticate"), 'Bearer error="invalid_token", error_description="JWT expired"')
  await refused(ask(given.forged), 401, "PGRST301", { details: "None of the keys was able to decode the JWT" })
  await refused(ask("x.y"), 401, "PGRST301", { message: "Expected 3 parts in JWT; got 2" })
  const nobody = await new Client(given.url, "sb_publishable_somebody_elses").from("books").select("id")
  equal(nobody.status, 401)
})

test("what is not there, and what does not parse", async () => {
  await refused(db.from("bookz").select(), 404, "PGRST205", { hint: "Perhaps you meant the table 'public.books'" })
  await refused(books("colour"), 400, "42703", { message: "column books.colour does not exist" })
  await refused(books("id,publishers(colour)"), 400, "42703")
  await refused(books("id,nothing(id)"), 400, "PGRST200")
  await refused(books().filter("id", "equals", 1), 400, "PGRST100", { message: /^"failed to parse filter \(equals\.1\)"/ })
  await refused(books("id,(title"), 400, "PGRST100")
  await refused(books().eq("publishers.name", "x"), 400, "PGRST108")
  await refused(books("price.sum()"), 400, "PGRST123")
  await refused(db.schema("hidden").from("secrets").select(), 406, "PGRST106", { message: "Invalid schema: hidden" })
  equal(await data(db.schema("extra").from("things").select("name").order("id")), [{ name: "lamp" }, { name: "rug" }])
  await refused(books().header("Accept", "text/unknown"), 406, "PGRST107")
  const head = await db.from("bookz").select("*", { head: true, count: "exact" })
  equal(head.status, 204) // as supabase-js reads a 404 without a body
})

test("a browser asks first", async () => {
  const response = await fetch(`${given.url}/rest/v1/books`, {
    method: "OPTIONS",
    headers: {
      Origin: "http://localhost:3000",
      "Access-Control-Request-Method": "PATCH",
      "Access-Control-Request-Headers": "apikey,authorization,content-profile,content-type,prefer,x-client-info",
    },
  })
  await response.body?.cancel()
  equal(response.ok, true)
  const allowed = (response.headers.get("access-control-allow-headers") ?? "").toLowerCase()
  for (const name of ["apikey", "authorization", "content-profile", "content-type", "prefer", "x-client-info"]) {
    if (allowed !== "*" && !allowed.includes(name)) throw new Error(`${name} is not in ${allowed}`)
  }
  if (!/PATCH|\*/.test(response.headers.get("access-control-allow-methods") ?? "")) {
    throw new Error(`methods: ${response.headers.get("access-control-allow-methods")}`)
  }
  const read = await fetch(`${given.url}/rest/v1/books?select=id&limit=1`, {
    headers: { Origin: "http://localhost:3000", apikey: given.publishable },
  })
  equal(await read.json(), [{ id: 1 }].slice(0, 1))
  if (!read.headers.get("access-control-allow-origin")) throw new Error("no access-control-allow-origin")
})

let failures = 0
for (const [name, body] of cases) {
  try {
    await body()
    console.log(`ok\t${name}`)
  } catch (problem) {
    failures += 1
    const line = (problem as Error).stack?.match(/judge\.ts:(\d+)/g)?.find((place) => !place.includes("equal")) ?? ""
    console.log(`FAIL\t${name} (${line}): ${`${(problem as Error).message}`.replace(/\s+/g, " ").slice(0, 600)}`)
  }
}
console.log(`end\t${cases.length} cases, ${failures} failed`)
