// A small client whose requests are those of supabase-js, header by header: what it sends is what
// counts. What comes back is read as supabase-js reads it.

export type Row = Record<string, unknown>
export type Count = "exact" | "planned" | "estimated"
// deno-lint-ignore no-explicit-any
export type Data = any

export interface Failure {
  message: string
  details?: unknown
  hint?: string | null
  code?: string
}

export interface Answer {
  data: Data
  error: Failure | null
  count: number | null
  status: number
  statusText: string
  headers: Headers
}

type Method = "GET" | "HEAD" | "POST" | "PATCH" | "DELETE"

/** What `select` sends: without spaces, but for those within quotes. */
function tidy(columns: string): string {
  let isQuoted = false
  return [...columns].filter((letter) => {
    if (letter === '"') isQuoted = !isQuoted
    return isQuoted || !/\s/.test(letter)
  }).join("")
}

export class Query implements PromiseLike<Answer> {
  private isMaybeSingle = false

  constructor(
    private method: Method,
    private url: URL,
    private headers: Headers,
    private body?: unknown,
  ) {}

  private prefer(preference: string): this {
    this.headers.append("Prefer", preference)
    return this
  }

  private set(name: string, value: string | number): this {
    this.url.searchParams.set(name, `${value}`)
    return this
  }

  /** A filter as it is; the others end here. */
  filter(column: string, operator: string, value: unknown): this {
    this.url.searchParams.append(column, `${operator}.${value}`)
    return this
  }

  eq(column: string, value: unknown) { return this.filter(column, "eq", value) }
  neq(column: string, value: unknown) { return this.filter(column, "neq", value) }
  gt(column: string, value: unknown) { return this.filter(column, "gt", value) }
  gte(column: string, value: unknown) { return this.filter(column, "gte", value) }
  lt(column: string, value: unknown) { return this.filter(column, "lt", value) }
  lte(column: string, value: unknown) { return this.filter(column, "lte", value) }
  like(column: string, pattern: string) { return this.filter(column, "like", pattern) }
  ilike(column: string, pattern: string) { return this.filter(column, "ilike", pattern) }
  likeAllOf(column: string, all: string[]) { return this.filter(column, "like(all)", `{${all}}`) }
  likeAnyOf(column: string, any: string[]) { return this.filter(column, "like(any)", `{${any}}`) }
  ilikeAllOf(column: string, all: string[]) { return this.filter(column, "ilike(all)", `{${all}}`) }
  ilikeAnyOf(column: string, any: string[]) { return this.filter(column, "ilike(any)", `{${any}}`) }
  regexMatch(column: string, pattern: string) { return this.filter(column, "match", pattern) }
  regexIMatch(column: string, pattern: string) { return this.filter(column, "imatch", pattern) }
  is(column: string, value: boolean | null) { return this.filter(column, "is", value) }
  isDistinct(column: string, value: unknown) { return this.filter(column, "isdistinct", value) }
  in(column: string, values: unknown[]) { return this.filter(column, "in", list(values)) }
  notIn(column: string, values: unknown[]) { return this.filter(column, "not.in", list(values)) }
  contains(column: string, value: unknown) { return this.filter(column, "cs", literal(value)) }
  containedBy(column: string, value: unknown) { return this.filter(column, "cd", literal(value)) }
  overlaps(column: string, value: unknown) { return this.filter(column, "ov", literal(value)) }
  rangeGt(column: string, range: string) { return this.filter(column, "sr", range) }
  rangeGte(column: string, range: string) { return this.filter(column, "nxl", range) }
  rangeLt(column: string, range: string) { return this.filter(column, "sl", range) }
  rangeLte(column: string, range: string) { return this.filter(column, "nxr", range) }
  rangeAdjacent(column: string, range: string) { return this.filter(column, "adj", range) }
  not(column: string, operator: string, value: unknown) {
    return this.filter(column, `not.${operator}`, value)
  }

  textSearch(
    column: string,
    query: string,
    { config, type }: { config?: string; type?: "plain" | "phrase" | "websearch" } = {},
  ) {
    const kind = type === undefined ? "" : { plain: "pl", phrase: "ph", websearch: "w" }[type]
    return this.filter(column, `${kind}fts${config === undefined ? "" : `(${config})`}`, query)
  }

  match(values: Row) {
    for (const [column, value] of Object.entries(values)) this.eq(column, value)
    return this
  }

  or(filters: string, { referencedTable }: { referencedTable?: string } = {}) {
    this.url.searchParams.append(referencedTable ? `${referencedTable}.or` : "or", `(${filters})`)
    return this
  }

  /** What a write gives back. */
  select(columns = "*") {
    return this.set("select", tidy(columns)).prefer("return=representation")
  }

  order(
    column: string,
    { ascending = true, nullsFirst, referencedTable }: {
      ascending?: boolean
      nullsFirst?: boolean
      referencedTable?: string
    } = {},
  ) {
    const name = referencedTable ? `${referencedTable}.order` : "order"
    const before = this.url.searchParams.get(name)
    const nulls = nullsFirst === undefined ? "" : nullsFirst ? ".nullsfirst" : ".nullslast"
    const term = `${column}.${ascending ? "asc" : "desc"}${nulls}`
    return this.set(name, before ? `${before},${term}` : term)
  }

  limit(count: number, { referencedTable }: { referencedTable?: string } = {}) {
    return this.set(referencedTable ? `${referencedTable}.limit` : "limit", count)
  }

  range(from: number, to: number, { referencedTable }: { referencedTable?: string } = {}) {
    const prefix = referencedTable ? `${referencedTable}.` : ""
    return this.set(`${prefix}offset`, from).set(`${prefix}limit`, to - from + 1)
  }

  single() {
    this.headers.set("Accept", "application/vnd.pgrst.object+json")
    return this
  }

  maybeSingle() {
    this.isMaybeSingle = true
    this.headers.set(
      "Accept",
      this.method === "GET" ? "application/json" : "application/vnd.pgrst.object+json",
    )
    return this
  }

  csv() {
    this.headers.set("Accept", "text/csv")
    return this
  }

  stripNulls() {
    const isSingle = this.headers.get("Accept") === "application/vnd.pgrst.object+json"
    this.headers.set("Accept", `application/vnd.pgrst.${isSingle ? "object" : "array"}+json;nulls=stripped`)
    return this
  }

  explain() {
    const type = this.headers.get("Accept") || "application/json"
    this.headers.set("Accept", `application/vnd.pgrst.plan+text; for="${type}"; options=;`)
    return this
  }

  rollback() { return this.prefer("tx=rollback") }
  maxAffected(count: number) { return this.prefer("handling=strict").prefer(`max-affected=${count}`) }
  header(name: string, value: string) {
    this.headers.set(name, value)
    return this
  }

  then<Good, Bad = never>(
    good?: ((answer: Answer) => Good | PromiseLike<Good>) | null,
    bad?: ((reason: unknown) => Bad | PromiseLike<Bad>) | null,
  ): PromiseLike<Good | Bad> {
    return this.send().then(good, bad)
  }

  private async send(): Promise<Answer> {
    if (this.method !== "GET" && this.method !== "HEAD") {
      this.headers.set("Content-Type", "application/json")
    }
    const response = await fetch(this.url, {
      method: this.method,
      headers: this.headers,
      body: this.body === undefined ? undefined : JSON.stringify(this.body),
    })
    const text = await response.text()
    const answer: Answer = {
      data: null,
      error: null,
      count: null,
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    }
    if (response.ok) {
      this.read(text, answer)
    } else {
      this.readFailure(text, answer)
    }
    return answer
  }

  private read(text: string, answer: Answer) {
    const accept = this.headers.get("Accept") ?? ""
    if (this.method !== "HEAD" && text !== "") {
      const isText = accept === "text/csv" || accept.includes("vnd.pgrst.plan+text")
      answer.data = isText ? text : JSON.parse(text)
    }
    const range = answer.headers.get("content-range")?.split("/")
    if (/count=/.test(this.headers.get("Prefer") ?? "") && range && range.length > 1) {
      answer.count = parseInt(range[1])
    }
    if (!this.isMaybeSingle || this.method !== "GET" || !Array.isArray(answer.data)) return
    if (answer.data.length > 1) {
      answer.error = { code: "PGRST116", message: "JSON object requested, multiple (or no) rows returned" }
      Object.assign(answer, { data: null, count: null, status: 406 })
    } else {
      answer.data = answer.data[0] ?? null
    }
  }

  private readFailure(text: string, answer: Answer) {
    let read: unknown
    try {
      read = JSON.parse(text)
    } catch {
      // A 404 without a body counts as a success there: a server must not send one.
      if (answer.status === 404 && text === "") {
        answer.status = 204
      } else {
        answer.error = { message: text }
      }
      return
    }
    if (Array.isArray(read) && answer.status === 404) {
      Object.assign(answer, { data: [], status: 200 })
      return
    }
    answer.error = read as Failure
    if (this.isMaybeSingle && `${answer.error.details}`.includes("0 rows")) {
      Object.assign(answer, { error: null, status: 200 })
    }
  }
}

function list(values: unknown[]): string {
  const texts = [...new Set(values)].map((value) =>
    typeof value === "string" && /[,()]/.test(value) ? `"${value}"` : `${value}`
  )
  return `(${texts.join(",")})`
}

function literal(value: unknown): string {
  if (typeof value === "string") return value
  return Array.isArray(value) ? `{${value.join(",")}}` : JSON.stringify(value)
}

class Table {
  constructor(private make: (method: Method, body?: unknown) => { query: Query; url: URL; headers: Headers }) {}

  select(columns = "*", { count, head = false }: { count?: Count; head?: boolean } = {}) {
    const { query, url, headers } = this.make(head ? "HEAD" : "GET")
    url.searchParams.set("select", tidy(columns))
    if (count) headers.append("Prefer", `count=${count}`)
    return query
  }

  insert(values: Row | Row[], options: { count?: Count; defaultToNull?: boolean } = {}) {
    return this.write("POST", values, [], options)
  }

  upsert(
    values: Row | Row[],
    { onConflict, ignoreDuplicates = false, ...options }: {
      onConflict?: string
      ignoreDuplicates?: boolean
      count?: Count
      defaultToNull?: boolean
    } = {},
  ) {
    const resolution = `resolution=${ignoreDuplicates ? "ignore" : "merge"}-duplicates`
    return this.write("POST", values, [resolution], options, onConflict)
  }

  update(values: Row, { count }: { count?: Count } = {}) {
    return this.write("PATCH", values, [], { count })
  }

  delete({ count }: { count?: Count } = {}) {
    return this.write("DELETE", undefined, [], { count })
  }

  private write(
    method: Method,
    values: Row | Row[] | undefined,
    preferences: string[],
    { count, defaultToNull = true }: { count?: Count; defaultToNull?: boolean },
    onConflict?: string,
  ) {
    const { query, url, headers } = this.make(method, values)
    if (onConflict !== undefined) url.searchParams.set("on_conflict", onConflict)
    if (count) preferences.push(`count=${count}`)
    if (!defaultToNull) preferences.push("missing=default")
    for (const preference of preferences) headers.append("Prefer", preference)
    if (method === "POST" && Array.isArray(values)) {
      const columns = [...new Set(values.flatMap(Object.keys))].map((name) => `"${name}"`)
      if (columns.length > 0) url.searchParams.set("columns", columns.join(","))
    }
    return query
  }
}

export class Client {
  constructor(
    private url: string,
    private key: string,
    private options: { token?: string; schema?: string } = {},
  ) {}

  schema(schema: string) { return new Client(this.url, this.key, { ...this.options, schema }) }

  from(table: string) {
    return new Table((method, body) => this.request(method, `/${table}`, body))
  }

  rpc(
    name: string,
    values: Row = {},
    { head = false, get = false, count }: { head?: boolean; get?: boolean; count?: Count } = {},
  ) {
    const method = head ? "HEAD" : get ? "GET" : "POST"
    const { query, url, headers } = this.request(
      method,
      `/rpc/${name}`,
      method === "POST" ? values : undefined,
    )
    if (method !== "POST") {
      for (const [key, value] of Object.entries(values)) {
        if (value === undefined) continue
        url.searchParams.append(key, Array.isArray(value) ? `{${value.join(",")}}` : `${value}`)
      }
    }
    if (count) headers.set("Prefer", `count=${count}`)
    return query
  }

  private request(method: Method, path: string, body?: unknown) {
    const url = new URL(`${this.url}/rest/v1${path}`)
    const isRead = method === "GET" || method === "HEAD"
    const headers = new Headers({
      "X-Client-Info": "supabase-js-node/2.86.0",
      [isRead ? "Accept-Profile" : "Content-Profile"]: this.options.schema ?? "public",
      apikey: this.key,
      Authorization: `Bearer ${this.options.token ?? this.key}`,
    })
    return { query: new Query(method, url, headers, body), url, headers }
  }
}
