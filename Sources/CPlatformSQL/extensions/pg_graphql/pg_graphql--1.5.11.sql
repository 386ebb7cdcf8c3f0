-- The names of pg_graphql. There is no engine behind them: every query gets a GraphQL error.

create function graphql.resolve(
    query text, variables jsonb default '{}', "operationName" text default null,
    extensions jsonb default null)
  returns jsonb
  language sql stable
as $$
  select jsonb_build_object(
    'data', null,
    'errors', jsonb_build_array(jsonb_build_object(
      'message',
      'homebase does not answer GraphQL queries yet. The REST API has the same tables, views and '
      'functions under /rest/v1.')))
$$;

create function graphql._internal_resolve(
    query text, variables jsonb default '{}', "operationName" text default null,
    extensions jsonb default null)
  returns jsonb
  language sql stable
as $$
  select graphql.resolve(query, variables, "operationName", extensions)
$$;

-- What a comment says to GraphQL: `@graphql({"name": "Account"})`.
create function graphql.comment_directive(comment_ text) returns jsonb
  language sql immutable
as $$
  select coalesce(substring(comment_ from '@graphql\((.+)\)')::jsonb, '{}')
$$;

create function graphql.exception(message text) returns text
  language plpgsql
as $$
begin
  raise exception using errcode = '22000', message = message;
end
$$;

-- A number that grows with every change of the schema.
create sequence graphql.seq_schema_version as integer cycle;
create function graphql.get_schema_version() returns integer
  language sql security definer set search_path = ''
as $$
  select last_value::integer from graphql.seq_schema_version
$$;
create function graphql.increment_schema_version() returns event_trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  perform pg_catalog.nextval('graphql.seq_schema_version');
end
$$;
create event trigger graphql_watch_ddl on ddl_command_end
  execute function graphql.increment_schema_version();
create event trigger graphql_watch_drop on sql_drop
  execute function graphql.increment_schema_version();

do $$
begin
  if to_regrole('anon') is not null then
    grant usage on schema graphql to postgres, anon, authenticated, service_role;
    grant execute on all functions in schema graphql
      to postgres, anon, authenticated, service_role;
    grant all on sequence graphql.seq_schema_version
      to postgres, anon, authenticated, service_role;
  end if;

  -- The API's entry point is the platform's, not ours, and stays when the extension goes: it
  -- looks at each call whether there is something to ask. A script may only replace what belongs
  -- to its extension, so it does for a moment.
  if to_regprocedure('graphql_public.graphql(text, text, jsonb, jsonb)') is not null then
    alter extension pg_graphql add function graphql_public.graphql(text, text, jsonb, jsonb);
    create or replace function graphql_public.graphql(
        "operationName" text default null, query text default null,
        variables jsonb default null, extensions jsonb default null)
      returns jsonb
      language plpgsql
    as $graphql$
    begin
      if to_regprocedure('graphql.resolve(text, jsonb, text, jsonb)') is null then
        return '{"errors": [{"message": "pg_graphql extension is not enabled."}]}';
      end if;
      return graphql.resolve(
        query := query, variables := coalesce(variables, '{}'),
        "operationName" := "operationName", extensions := extensions);
    end
    $graphql$;
    alter extension pg_graphql drop function graphql_public.graphql(text, text, jsonb, jsonb);
  end if;
end
$$;
