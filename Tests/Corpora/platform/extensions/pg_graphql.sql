-- Six of 53 projects name pg_graphql; who asks it something learns that nobody answers.
do $$
begin
  assert graphql_public.graphql(query := '{ __typename }') #>> '{errors,0,message}'
    = 'pg_graphql extension is not enabled.';
end
$$;
create extension if not exists pg_graphql with schema graphql;
create extension if not exists pg_graphql;

comment on schema public is e'@graphql({"inflect_names": true})';
create table public.account (id uuid primary key default gen_random_uuid(), email text);
comment on table public.account is e'@graphql({"totalCount": {"enabled": true}})';
comment on column public.account.email is '@graphql({"name": "mail"})';

set role anon;
do $$
begin
  assert graphql_public.graphql(
    "operationName" := null, query := '{ accountCollection { edges { cursor } } }',
    variables := null, extensions := null) #>> '{errors,0,message}' like 'homebase%';
  assert graphql.resolve('{ __typename }') -> 'data' = 'null', 'the shape of a GraphQL answer';
  assert graphql.resolve(query := '{ __typename }', variables := '{}') ? 'errors';
end
$$;
reset role;

do $$
declare
  before constant integer := graphql.get_schema_version();
begin
  assert graphql.comment_directive('For people. @graphql({"name": "mail"})')
    = '{"name": "mail"}';
  assert graphql.comment_directive('nothing') = '{}';
  create table public.other ();
  assert graphql.get_schema_version() > before;
end
$$;

drop extension pg_graphql;
do $$
begin
  assert graphql_public.graphql(query := '{ __typename }') #>> '{errors,0,message}'
    = 'pg_graphql extension is not enabled.', 'the entry point outlives the extension';
end
$$;
create extension pg_graphql;
drop extension pg_graphql cascade;
create extension pg_graphql version '1.5.11';
do $$
begin
  assert graphql_public.graphql(query := '{ __typename }') #>> '{errors,0,message}'
    like 'homebase%', 'created again';
end
$$;
