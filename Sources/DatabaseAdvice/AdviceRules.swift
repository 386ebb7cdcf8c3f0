/// What a project's own objects are: none of the platform's, none of an extension's.
private let ownSchemas = """
  n.nspname <> all (array[
    '_analytics', '_realtime', '_supavisor', 'auth', 'cron', 'extensions', 'graphql',
    'graphql_public', 'information_schema', 'net', 'pgbouncer', 'pgmq', 'pgsodium',
    'pgsodium_masks', 'pgtle', 'realtime', 'repack', 'storage', 'supabase_functions',
    'supabase_migrations', 'tiger', 'tiger_data', 'topology', 'vault'])
  and n.nspname !~ '^pg_'
  """

private func isOwn(_ table: String, _ column: String = "c.oid") -> String {
  """
  \(ownSchemas) and not exists (
    select from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.\(table)'::pg_catalog.regclass and e.objid = \(column)
      and e.deptype = 'e')
  """
}

private let readableByClients = """
  (pg_catalog.has_table_privilege('anon', c.oid, 'select')
    or pg_catalog.has_table_privilege('authenticated', c.oid, 'select'))
  """

/// The rules, with the names and levels of the platform's own list.
///
/// Source of names, numbers and levels: the list of the platform's database linter.
let adviceRules: [AdviceRule] = [
  AdviceRule(
    number: "0002", name: "auth_users_exposed", title: "Exposed Auth Users", level: .error,
    category: .security,
    description: "Views of the API that show rows of auth.users to anon or authenticated.",
    fix: "keep what clients need in a table of your own, with row level security",
    sql: """
      select n.nspname, c.relname, case c.relkind when 'm' then 'materialized view' else 'view' end,
        pg_catalog.format('%s.%s shows rows of auth.users to clients', n.nspname, c.relname),
        pg_catalog.format('%s_%s', n.nspname, c.relname)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('v', 'm') and n.nspname = any ({exposed}) and \(readableByClients)
        and not (c.relkind = 'v' and coalesce(c.reloptions, '{}') && array[
          'security_invoker=true', 'security_invoker=on', 'security_invoker=1',
          'security_invoker=yes'])
        and exists (
          select from pg_catalog.pg_rewrite r join pg_catalog.pg_depend d
            on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and d.objid = r.oid
          where r.ev_class = c.oid and d.refobjid = pg_catalog.to_regclass('auth.users'))
      order by 1, 2
      """),
  AdviceRule(
    number: "0007", name: "policy_exists_rls_disabled", title: "Policy Exists RLS Disabled",
    level: .error, category: .security,
    description: "Tables that have policies which nobody asks: row level security is off.",
    fix: "alter table … enable row level security",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('%s.%s has policies (%s), and row level security is off', n.nspname,
          c.relname, pg_catalog.string_agg(p.polname, ', ' order by p.polname)),
        pg_catalog.format('%s_%s', n.nspname, c.relname)
      from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where not c.relrowsecurity and \(isOwn("pg_class"))
      group by n.nspname, c.relname order by 1, 2
      """),
  AdviceRule(
    number: "0010", name: "security_definer_view", title: "Security Definer View", level: .error,
    category: .security,
    description: "Views of the API that read with their owner's rights, past row level security.",
    fix: "alter view … set (security_invoker = on)",
    sql: """
      select n.nspname, c.relname, 'view',
        pg_catalog.format('%s.%s reads with the rights of its owner, not of who asks', n.nspname,
          c.relname),
        pg_catalog.format('%s_%s', n.nspname, c.relname)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'v' and n.nspname = any ({exposed}) and \(readableByClients)
        and \(isOwn("pg_class"))
        and not coalesce(c.reloptions, '{}') && array[
          'security_invoker=true', 'security_invoker=on', 'security_invoker=1',
          'security_invoker=yes']
      order by 1, 2
      """),
  AdviceRule(
    number: "0013", name: "rls_disabled_in_public", title: "RLS Disabled in Public", level: .error,
    category: .security,
    description: "Tables of the API without row level security, open to anon or authenticated.",
    fix: "alter table … enable row level security, and write the policies that it needs",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('%s.%s is served by the API, and row level security is off', n.nspname,
          c.relname),
        pg_catalog.format('%s_%s', n.nspname, c.relname)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relrowsecurity and n.nspname = any ({exposed})
        and \(readableByClients) and \(isOwn("pg_class"))
      order by 1, 2
      """),
  AdviceRule(
    number: "0015", name: "rls_references_user_metadata", title: "RLS references user metadata",
    level: .error, category: .security,
    description: "Policies that trust user_metadata, which its user can write.",
    fix: "use app_metadata, or a table of your own",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('the policy "%s" of %s.%s trusts user_metadata, which users edit',
          p.polname, n.nspname, c.relname),
        pg_catalog.format('%s_%s_%s', n.nspname, c.relname, p.polname), p.polname
      from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where pg_catalog.concat(
          pg_catalog.pg_get_expr(p.polqual, p.polrelid), ' ',
          pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
        ~* '(user_metadata|raw_user_meta_data)'
        and (\(ownSchemas) or n.nspname = 'storage')
      order by 1, 2, 5
      """),
  AdviceRule(
    number: "0019", name: "insecure_queue_exposed_in_api", title: "Insecure Queue Exposed in API",
    level: .error, category: .security,
    description: "Queues that the API serves through pgmq_public without row level security.",
    fix: "alter table pgmq.q_… enable row level security",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('%s.%s is served by the API, and row level security is off', n.nspname,
          c.relname),
        pg_catalog.format('%s_%s', n.nspname, c.relname)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relrowsecurity and n.nspname = 'pgmq'
        and c.relname like 'q\\_%' and 'pgmq_public' = any ({exposed})
      order by 1, 2
      """),
  AdviceRule(
    number: "0021", name: "fkey_to_auth_unique", title: "Foreign Key to Auth Unique Constraint",
    level: .error, category: .security,
    description: "Foreign keys to a column of auth's tables that is not the primary key.",
    fix: "refer to the primary key, such as auth.users (id)",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('the foreign key %s of %s.%s refers to %s, not to its primary key',
          k.conname, n.nspname, c.relname, k.confrelid::pg_catalog.regclass),
        pg_catalog.format('%s_%s_%s', n.nspname, c.relname, k.conname), k.conname
      from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_class t on t.oid = k.confrelid
        join pg_catalog.pg_index i on i.indexrelid = k.conindid
      where k.contype = 'f' and t.relnamespace = pg_catalog.to_regnamespace('auth')
        and not i.indisprimary and \(isOwn("pg_class"))
      order by 1, 2, 5
      """),
  AdviceRule(
    number: "0023", name: "sensitive_columns_exposed", title: "Sensitive Columns Exposed",
    level: .error, category: .security,
    description: "Columns with names of secrets in tables that anyone can read by the API.",
    fix: "enable row level security, or move the columns to a schema that the API does not serve",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('%s.%s shows %s to clients without row level security', n.nspname,
          c.relname, pg_catalog.string_agg(a.attname, ', ' order by a.attnum)),
        pg_catalog.format('%s_%s', n.nspname, c.relname)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0
          and not a.attisdropped
      where c.relkind in ('r', 'p') and not c.relrowsecurity and n.nspname = any ({exposed})
        and \(readableByClients) and \(isOwn("pg_class"))
        and pg_catalog.lower(a.attname) ~ ('^(password|passwd|pwd|password_hash|secret|secret_key'
          || '|private_key|api_key|apikey|access_token|refresh_token|auth_token|token|ssn'
          || '|social_security_number|credit_card|card_number|cvv|iban|bank_account|pin'
          || '|date_of_birth|passport_number|tax_id|otp|mfa_secret|totp_secret)$')
      group by n.nspname, c.relname order by 1, 2
      """),
  AdviceRule(
    number: "0011", name: "function_search_path_mutable", title: "Function Search Path Mutable",
    level: .warn, category: .security,
    description: "Functions that find names by the search path of whoever calls them.",
    fix: "alter function … set search_path = '', and write the schemas of names in it",
    sql: """
      select n.nspname, p.proname, 'function',
        pg_catalog.format('%s.%s has no search_path of its own', n.nspname, p.proname),
        pg_catalog.format('%s_%s_%s', n.nspname, p.proname,
          pg_catalog.md5(p.prosrc || pg_catalog.pg_get_function_identity_arguments(p.oid)))
      from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        join pg_catalog.pg_language l on l.oid = p.prolang
      where p.prokind <> 'a' and l.lanname not in ('c', 'internal') and p.prosqlbody is null
        and not exists (
          select from pg_catalog.unnest(p.proconfig) s where s like 'search\\_path=%')
        and \(isOwn("pg_proc", "p.oid"))
      order by 1, 2, 5
      """),
  AdviceRule(
    number: "0014", name: "extension_in_public", title: "Extension in Public", level: .warn,
    category: .security,
    description: "Extensions in the schema public, whose functions the API serves as well.",
    fix: "alter extension … set schema extensions",
    sql: """
      select n.nspname, e.extname, 'extension',
        pg_catalog.format('the extension %s is in the schema %s', e.extname, n.nspname),
        pg_catalog.format('%s', e.extname)
      from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
      where n.nspname = 'public' order by 2
      """),
  AdviceRule(
    number: "0016", name: "materialized_view_in_api", title: "Materialized View in API",
    level: .warn, category: .security,
    description: "Materialized views of the API: row level security does not reach them.",
    fix: "revoke select on … from anon, authenticated, or move it to another schema",
    sql: """
      select n.nspname, c.relname, 'materialized view',
        pg_catalog.format('clients can read %s.%s, and no policy can restrict it', n.nspname,
          c.relname),
        pg_catalog.format('%s_%s', n.nspname, c.relname)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'm' and n.nspname = any ({exposed}) and \(readableByClients)
        and \(isOwn("pg_class"))
      order by 1, 2
      """),
  AdviceRule(
    number: "0017", name: "foreign_table_in_api", title: "Foreign Table in API", level: .warn,
    category: .security,
    description: "Foreign tables of the API: row level security does not reach them.",
    fix: "revoke select on … from anon, authenticated, or move it to another schema",
    sql: """
      select n.nspname, c.relname, 'foreign table',
        pg_catalog.format('clients can read %s.%s, and no policy can restrict it', n.nspname,
          c.relname),
        pg_catalog.format('%s_%s', n.nspname, c.relname)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'f' and n.nspname = any ({exposed}) and \(readableByClients)
        and \(isOwn("pg_class"))
      order by 1, 2
      """),
  AdviceRule(
    number: "0018", name: "unsupported_reg_types", title: "Unsupported reg types", level: .warn,
    category: .security,
    description: "Columns of reg types, which an upgrade of PostgreSQL refuses.",
    fix: "alter column … type text",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('%s.%s.%s is a %s', n.nspname, c.relname, a.attname, t.typname),
        pg_catalog.format('%s_%s_%s', n.nspname, c.relname, a.attname)
      from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_type t on t.oid = a.atttypid
      where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
        and t.typname in ('regcollation', 'regconfig', 'regdictionary', 'regnamespace', 'regoper',
          'regoperator', 'regproc', 'regprocedure')
        and \(isOwn("pg_class"))
      order by 1, 2, 5
      """),
  AdviceRule(
    number: "0022", name: "extension_versions_outdated", title: "Extension Versions Outdated",
    level: .warn, category: .security,
    description: "Extensions for which the server has a newer version than the database.",
    fix: "alter extension … update",
    sql: """
      select n.nspname, e.extname, 'extension',
        pg_catalog.format('%s is at %s, %s is installed', e.extname, e.extversion,
          a.default_version),
        pg_catalog.format('%s_%s', e.extname, e.extversion)
      from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
        join pg_catalog.pg_available_extensions a on a.name = e.extname
      where a.default_version <> e.extversion
        and pg_catalog.string_to_array(
          pg_catalog.regexp_replace(a.default_version, '[^0-9.].*$', ''), '.')::text[] <>
          pg_catalog.string_to_array(
            pg_catalog.regexp_replace(e.extversion, '[^0-9.].*$', ''), '.')::text[]
      order by 2
      """),
  AdviceRule(
    number: "0024", name: "rls_policy_always_true", title: "RLS Policy Always True", level: .warn,
    category: .security,
    description: "Policies that let clients write any row: their condition is always true.",
    fix: "say in the policy whose rows may be written, such as (select auth.uid()) = user_id",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('the policy "%s" of %s.%s lets %s any row', p.polname, n.nspname,
          c.relname, case p.polcmd when 'a' then 'insert' when 'w' then 'update'
            when 'd' then 'delete' else 'write' end),
        pg_catalog.format('%s_%s_%s', n.nspname, c.relname, p.polname), p.polname
      from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where p.polpermissive and p.polcmd in ('a', 'w', 'd', '*') and c.relrowsecurity
        and (p.polroles = array[0::oid] or exists (
          select from pg_catalog.pg_roles r
          where r.oid = any (p.polroles) and r.rolname in ('anon', 'authenticated')))
        and coalesce(pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid),
          pg_catalog.pg_get_expr(p.polqual, p.polrelid)) in ('true', '(true)')
        and coalesce(pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'true') in ('true', '(true)')
        and \(isOwn("pg_class"))
      order by 1, 2, 5
      """),
  AdviceRule(
    number: "0025", name: "public_bucket_allows_listing", title: "Public Bucket Allows Listing",
    level: .warn, category: .security,
    description:
      "Public buckets whose files can be listed as well: a policy lets all rows be read.",
    fix: "a public bucket needs no select policy for downloads; drop it, or name a folder in it",
    sql: """
      select 'storage', b.id, 'bucket',
        pg_catalog.format('the public bucket %s can be listed: by the policy "%s"', b.id,
          p.polname),
        pg_catalog.format('%s_%s', b.id, p.polname), p.polname
      from pg_catalog.pg_policy p, storage.buckets b
      where p.polrelid = pg_catalog.to_regclass('storage.objects') and p.polcmd in ('r', '*')
        and p.polpermissive and b.public
        and pg_catalog.pg_get_expr(p.polqual, p.polrelid) in (
          'true', '(true)', pg_catalog.format('(bucket_id = %L::text)', b.id))
      order by 2, 5
      """),
  AdviceRule(
    number: "0026", name: "pg_graphql_anon_table_exposed",
    title: "pg_graphql Anon Role Exposes Objects in Introspection", level: .warn,
    category: .security,
    description: "What GraphQL's introspection tells anyone: names and columns, though no rows.",
    fix: "revoke select on … from anon; or drop extension pg_graphql, when nobody uses it",
    sql: introspectedObjects(
      "anon", "anyone can read in GraphQL''s introspection what the %s %s.%s is made of")),
  AdviceRule(
    number: "0027", name: "pg_graphql_authenticated_table_exposed",
    title: "pg_graphql Authenticated Role Exposes Objects in Introspection", level: .warn,
    category: .security,
    description: "What GraphQL's introspection tells whoever signed in: names and columns.",
    fix: "revoke select on … from authenticated where that is not meant; or drop pg_graphql",
    sql: introspectedObjects(
      "authenticated",
      "every user can read in GraphQL''s introspection what the %s %s.%s is made of")),
  AdviceRule(
    number: "0028", name: "anon_security_definer_function_executable",
    title: "Public Can Execute SECURITY DEFINER Function", level: .warn, category: .security,
    description: "Functions of the API that run with their owner's rights for anyone at all.",
    fix: "revoke execute on function … from public, anon; or make it security invoker",
    sql: definerFunctions(
      "anon", "anyone can call %s.%s, which has the rights of its owner")),
  AdviceRule(
    number: "0029", name: "authenticated_security_definer_function_executable",
    title: "Signed-In Users Can Execute SECURITY DEFINER Function", level: .warn,
    category: .security,
    description: "Functions of the API that run with their owner's rights for whoever signed in.",
    fix: "revoke execute on function … from public, authenticated; or make it security invoker",
    sql: definerFunctions(
      "authenticated", "every user can call %s.%s, which has the rights of its owner")),
  AdviceRule(
    number: "0008", name: "rls_enabled_no_policy", title: "RLS Enabled No Policy", level: .info,
    category: .security,
    description: "Tables with row level security and without a policy: clients see no row.",
    fix: "create a policy, or revoke the table from anon and authenticated if that is meant",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('%s.%s has row level security and no policy', n.nspname, c.relname),
        pg_catalog.format('%s_%s', n.nspname, c.relname)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and c.relrowsecurity and \(isOwn("pg_class"))
        and not exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid)
      order by 1, 2
      """),
  AdviceRule(
    number: "0012", name: "auth_allow_anonymous_sign_ins", title: "Anonymous Access Policies",
    level: .info, category: .security,
    description: "Policies for whoever signed in, which anonymous users have as well.",
    fix: "add (select (auth.jwt() ->> 'is_anonymous')::boolean) is false where that is not meant",
    needs: .anonymousSignIns,
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('%s.%s has policies that hold for anonymous users: %s', n.nspname,
          c.relname, pg_catalog.string_agg(p.polname, ', ' order by p.polname)),
        pg_catalog.format('%s_%s', n.nspname, c.relname), pg_catalog.min(p.polname)
      from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relrowsecurity
        and (p.polroles = array[0::oid] or exists (
          select from pg_catalog.unnest(p.polroles) r (oid)
          where pg_catalog.pg_has_role(r.oid, 'authenticated', 'usage')
            and not exists (
              select from pg_catalog.pg_roles s where s.oid = r.oid and s.rolsuper)))
        and pg_catalog.concat(
          pg_catalog.pg_get_expr(p.polqual, p.polrelid), ' ',
          pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) !~ 'is_anonymous'
        and (\(isOwn("pg_class")) or n.nspname = 'storage')
      group by n.nspname, c.relname order by 1, 2
      """),
  AdviceRule(
    number: "0003", name: "auth_rls_initplan", title: "Auth RLS Initialization Plan", level: .warn,
    category: .performance,
    description: "Policies that call auth.uid() and the like for every row instead of once.",
    fix: "write (select auth.uid()) instead of auth.uid(), and the same with the others",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('the policy "%s" of %s.%s calls %s for every row', p.polname, n.nspname,
          c.relname, pg_catalog.substring(e.bare,
            '(auth\\.(?:uid|jwt|role|email)\\(\\)|current_setting\\()')),
        pg_catalog.format('%s_%s_%s', n.nspname, c.relname, p.polname), p.polname
      from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace,
        lateral (select pg_catalog.regexp_replace(
          pg_catalog.concat(pg_catalog.pg_get_expr(p.polqual, p.polrelid), ' ',
            pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)),
          'select\\s+\\(*(auth\\.(uid|jwt|role|email)\\(\\)|current_setting\\()', '', 'gi')) e (bare)
      where c.relrowsecurity
        and e.bare ~ '(auth\\.(uid|jwt|role|email)\\(\\)|current_setting\\()'
        and \(isOwn("pg_class"))
      order by 1, 2, 5
      """),
  AdviceRule(
    number: "0006", name: "multiple_permissive_policies", title: "Multiple Permissive Policies",
    level: .warn, category: .performance,
    description: "Several permissive policies for one role and action: each runs for every row.",
    fix: "join them into one policy with or",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('%s.%s has %s permissive policies for %s of %s: %s', n.nspname, c.relname,
          pg_catalog.count(*), x.command, r.rolname,
          pg_catalog.string_agg(p.polname, ', ' order by p.polname)),
        pg_catalog.format('%s_%s_%s_%s', n.nspname, c.relname, r.rolname, x.command),
        pg_catalog.min(p.polname)
      from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_roles r on r.oid = any (p.polroles) or p.polroles = array[0::oid],
        lateral pg_catalog.unnest(case p.polcmd when 'r' then array['select']
          when 'a' then array['insert'] when 'w' then array['update'] when 'd' then array['delete']
          else array['select', 'insert', 'update', 'delete'] end) x (command)
      where p.polpermissive and c.relrowsecurity and \(isOwn("pg_class"))
        and r.rolname in ('anon', 'authenticated', 'authenticator', 'dashboard_user')
      group by n.nspname, c.relname, r.rolname, x.command having pg_catalog.count(*) > 1
      order by 1, 2, 5
      """),
  AdviceRule(
    number: "0009", name: "duplicate_index", title: "Duplicate Index", level: .warn,
    category: .performance,
    description: "Indexes that say the same: each costs a write and its space.",
    fix: "drop all but one of them",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('%s.%s has indexes that say the same: %s', n.nspname, c.relname,
          pg_catalog.string_agg(x.relname, ', ' order by x.relname)),
        pg_catalog.format('%s_%s_%s', n.nspname, c.relname,
          pg_catalog.string_agg(x.relname, '_' order by x.relname)), pg_catalog.max(x.relname)
      from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid
        join pg_catalog.pg_class c on c.oid = i.indrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where \(isOwn("pg_class"))
      group by n.nspname, c.relname, i.indrelid, x.relam, i.indkey::text, i.indclass::text,
        i.indcollation::text, i.indoption::text, i.indnatts, i.indnkeyatts,
        pg_catalog.pg_get_expr(i.indexprs, i.indrelid), pg_catalog.pg_get_expr(i.indpred, i.indrelid)
      having pg_catalog.count(*) > 1
      order by 1, 2, 5
      """),
  AdviceRule(
    number: "0030", name: "invalid_index", title: "Invalid Index", level: .warn,
    category: .performance,
    description: "Indexes that were not built to the end: each costs writes, and no query uses it.",
    fix: "drop index concurrently …, and create it again",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('the index %s of %s.%s is invalid', x.relname, n.nspname, c.relname),
        pg_catalog.format('%s_%s_%s', n.nspname, c.relname, x.relname), x.relname
      from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid
        join pg_catalog.pg_class c on c.oid = i.indrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where not i.indisvalid and x.relkind = 'i' and \(isOwn("pg_class"))
        and not exists (
          select from pg_catalog.pg_stat_progress_create_index b where b.index_relid = x.oid)
      order by 1, 2, 5
      """),
  unusedSlots(.error, "'lost'"),
  unusedSlots(.warn, "'unreserved'"),
  AdviceRule(
    number: "0001", name: "unindexed_foreign_keys", title: "Unindexed foreign keys", level: .info,
    category: .performance,
    description: "Foreign keys without an index: a delete on the other side reads the whole table.",
    fix: "create an index on the foreign key's columns",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('the foreign key %s of %s.%s (%s) has no index', k.conname, n.nspname,
          c.relname, (select pg_catalog.string_agg(a.attname, ', ' order by u.place)
            from pg_catalog.unnest(k.conkey) with ordinality u (number, place)
            join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = u.number)),
        pg_catalog.format('%s_%s_%s', n.nspname, c.relname, k.conname), k.conname
      from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where k.contype = 'f' and k.conparentid = 0 and \(isOwn("pg_class"))
        and not exists (
          select from pg_catalog.pg_index i
          where i.indrelid = k.conrelid and i.indisvalid and i.indpred is null
            and (i.indkey::int2[])[0:pg_catalog.cardinality(k.conkey) - 1]
              operator(pg_catalog.@>) k.conkey)
      order by 1, 2, 5
      """),
  AdviceRule(
    number: "0004", name: "no_primary_key", title: "No Primary Key", level: .info,
    category: .performance,
    description: "Tables without a primary key: rows cannot be told apart, nor replicated well.",
    fix: "alter table … add primary key",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('%s.%s has no primary key', n.nspname, c.relname),
        pg_catalog.format('%s_%s', n.nspname, c.relname)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and \(isOwn("pg_class"))
        and not exists (
          select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisprimary)
      order by 1, 2
      """),
  AdviceRule(
    number: "0005", name: "unused_index", title: "Unused Index", level: .info,
    category: .performance,
    description: "Indexes that no query has used since statistics are kept.",
    fix: "drop it when it stays unused under real load: a local database says little of that",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('the index %s of %s.%s has not been used', x.relname, n.nspname,
          c.relname),
        pg_catalog.format('%s_%s_%s', n.nspname, c.relname, x.relname), x.relname
      from pg_catalog.pg_stat_user_indexes s join pg_catalog.pg_index i using (indexrelid)
        join pg_catalog.pg_class x on x.oid = i.indexrelid
        join pg_catalog.pg_class c on c.oid = i.indrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where s.idx_scan = 0 and not i.indisunique and not i.indisprimary and \(isOwn("pg_class"))
      order by 1, 2, 5
      """),
  AdviceRule(
    number: "0020", name: "table_bloat", title: "Table Bloat", level: .info,
    category: .performance,
    description: "Tables that take far more space than their rows need.",
    fix: "vacuum full …, which locks the table meanwhile",
    sql: """
      select n.nspname, c.relname, 'table',
        pg_catalog.format('%s.%s takes %s, its rows need about %s', n.nspname, c.relname,
          pg_catalog.pg_size_pretty(b.actual::bigint), pg_catalog.pg_size_pretty(b.needed::bigint)),
        pg_catalog.format('%s_%s', n.nspname, c.relname)
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace,
        lateral (select c.relpages * 8192.0, c.reltuples * (28 + coalesce((
          select pg_catalog.sum((1 - s.null_frac) * s.avg_width) from pg_catalog.pg_stats s
          where s.schemaname = n.nspname and s.tablename = c.relname), 32))) b (actual, needed)
      where c.relkind in ('r', 'm') and c.reltuples >= 0 and b.actual > 20 * 1024 * 1024
        and b.needed < b.actual * 0.3 and \(isOwn("pg_class"))
      order by 1, 2
      """),
]

private func definerFunctions(_ role: String, _ detail: String) -> String {
  """
  select n.nspname, p.proname, 'function',
    pg_catalog.format('\(detail)', n.nspname, p.proname),
    pg_catalog.format('%s_%s_%s', n.nspname, p.proname,
      pg_catalog.md5(pg_catalog.pg_get_function_identity_arguments(p.oid)))
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where p.prosecdef and p.prokind in ('f', 'p') and n.nspname = any ({exposed})
    and p.prorettype not in ('pg_catalog.trigger'::pg_catalog.regtype,
      'pg_catalog.event_trigger'::pg_catalog.regtype)
    and pg_catalog.has_function_privilege('\(role)', p.oid, 'execute')
    and \(isOwn("pg_proc", "p.oid"))
  order by 1, 2, 5
  """
}

/// Objects of which a role may read some column, where pg_graphql would tell about them.
private func introspectedObjects(_ role: String, _ detail: String) -> String {
  """
  select n.nspname, c.relname, k.word,
    pg_catalog.format('\(detail)', k.word, n.nspname, c.relname),
    pg_catalog.format('%s_%s', n.nspname, c.relname)
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join (values ('r', 'table'), ('v', 'view'), ('m', 'materialized view'),
      ('f', 'foreign table')) k (kind, word) on k.kind = c.relkind::text
  where exists (select from pg_catalog.pg_extension e where e.extname = 'pg_graphql')
    and pg_catalog.has_any_column_privilege('\(role)', c.oid, 'select')
    and pg_catalog.has_schema_privilege('\(role)', n.oid, 'usage')
    and \(isOwn("pg_class"))
  order by 1, 2
  """
}

/// Replication slots whose reader is gone, by what is left of what they wait for.
private func unusedSlots(_ level: AdviceLevel, _ status: String) -> AdviceRule {
  AdviceRule(
    number: "0031", name: "unused_replication_slot", title: "Unused Replication Slot",
    level: level, category: .performance,
    description: "Replication slots that nobody reads: they keep log files, or lost theirs.",
    fix: "select pg_drop_replication_slot('…'), when its reader does not come back",
    sql: """
      select '', s.slot_name, 'replication slot',
        pg_catalog.format('the replication slot %s has no reader, and what it waits for is %s',
          s.slot_name, s.wal_status),
        pg_catalog.format('%s_%s', s.slot_name, s.wal_status)
      from pg_catalog.pg_replication_slots s
      where not s.active and s.wal_status = \(status)
      order by 2
      """)
}
