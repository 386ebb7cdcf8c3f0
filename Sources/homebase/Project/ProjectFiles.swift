/// One file of a new project.
struct ProjectFile: Hashable, Sendable {
  /// Relative to the project's root.
  var path: String
  /// Its text.
  var contents: String
}

/// The files of a new project: something to read, to change and to run at once.
///
/// - Parameters:
///   - style: Where they lie.
///   - configuration: The text of the configuration file.
/// - Returns: In the order in which a newcomer should look at them.
func projectFiles(style: ProjectPlace.Style, configuration: String) -> [ProjectFile] {
  let base = style == .supabase ? "supabase/" : ""
  return [
    ProjectFile(
      path: style == .supabase ? "supabase/config.toml" : "homebase.toml",
      contents: configuration),
    ProjectFile(path: "\(base)migrations/20260101000000_notes.sql", contents: exampleMigration),
    ProjectFile(
      path: style == .supabase ? "supabase/seed.sql" : "seeds/notes.sql", contents: exampleSeed),
    ProjectFile(path: "\(base)functions/hello/index.ts", contents: exampleFunction),
    ProjectFile(path: "\(base)tests/notes.test.sql", contents: exampleTest),
    ProjectFile(path: "compose/local.yaml", contents: exampleCompose),
    ProjectFile(path: "\(base).gitignore", contents: ignoredFiles),
  ]
}

private let exampleMigration = """
  -- A migration changes the schema, once, in order of its number.
  -- Edit it while you develop: `homebase db reset` applies it anew in milliseconds.
  create table public.notes (
    id bigint generated always as identity primary key,
    author uuid not null default auth.uid() references auth.users (id) on delete cascade,
    body text not null check (length(body) between 1 and 10000),
    created_at timestamptz not null default now()
  );

  create index notes_author on public.notes (author);

  alter table public.notes enable row level security;

  create policy "authors see their notes" on public.notes
    for select to authenticated using (author = (select auth.uid()));

  create policy "authors write their notes" on public.notes
    for insert to authenticated with check (author = (select auth.uid()));

  """

private let exampleSeed = """
  -- Data for development, loaded after the migrations. Mock people only: `homebase seed lint`.
  insert into auth.users (id, email)
  values ('00000000-0000-4000-8000-000000000001', 'ada@example.com');

  insert into public.notes (author, body)
  values ('00000000-0000-4000-8000-000000000001', 'Hello from the seed');

  """

private let exampleFunction = """
  // An edge function: http://127.0.0.1:54321/functions/v1/hello
  Deno.serve(async (request: Request) => {
    const { name } = await request.json().catch(() => ({ name: "world" }));
    return Response.json({ message: `Hello ${name}!` });
  });

  """

private let exampleTest = """
  -- A database test, in pgTAP.
  begin;
  select plan(2);

  select has_table('public', 'notes', 'there are notes');
  select ok(
    (select relrowsecurity from pg_class where oid = 'public.notes'::regclass),
    'row level security guards them');

  select * from finish();
  rollback;

  """

private let exampleCompose = """
  # What runs on a developer's machine, in the words of the Compose Specification.
  # `x-homebase: NAME` marks a service that homebase itself brings.

  services:
    postgres:
      x-homebase: postgres
      restart: always

    # A process of your own is started when the database answers, and ends with the stack:
    #
    # web:
    #   command: ["npm", "run", "dev"]
    #   working_dir: ./web
    #   depends_on:
    #     postgres:
    #       condition: service_healthy
    #   restart: on-failure

  """

private let ignoredFiles = """
  # Secrets and what tools leave behind
  .env
  .env.*
  !.env.example
  .temp/
  .branches/

  """
