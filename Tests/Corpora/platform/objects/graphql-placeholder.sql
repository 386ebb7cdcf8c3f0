-- projects: 6 name pg_graphql
-- The entry point of GraphQL is there, whether or not the extension is.
do $$
begin
  if graphql_public.graphql(query => '{ __typename }', variables => '{}') is null then
    raise exception 'no answer';
  end if;
end
$$;
grant usage on schema graphql_public to anon;
