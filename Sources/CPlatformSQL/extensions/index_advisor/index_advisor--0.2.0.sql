-- Indexes that would make a query cheaper.
--
-- Each column that the plan filters, joins or sorts by gets a btree index; those that the new
-- plan uses are the advice. The indexes are hypopg's; without its package they are real ones in
-- a part of the transaction that is taken back, and their tables are locked for writing meanwhile.

create function index_advisor(query text)
  returns table (
    startup_cost_before jsonb, startup_cost_after jsonb, total_cost_before jsonb,
    total_cost_after jsonb, index_statements text[], errors text[])
  language plpgsql volatile
as $$
#variable_conflict use_variable
declare
  statement constant text := 'index_advisor_statement';
  hypopg constant text := (
    select quote_ident(n.nspname)
      from pg_catalog.pg_extension as e
      join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
     where e.extname = 'hypopg');
  is_real_hypopg constant boolean := exists (
    select from pg_catalog.pg_proc as p join pg_catalog.pg_language as l on l.oid = p.prolang
     where p.proname = 'hypopg_create_index' and l.lanname = 'c');
  mode constant text := current_setting('plan_cache_mode');
  explain_text text;
  plan_before jsonb;
  plan_after jsonb;
  compared text;
  candidate record;
  made oid[] := '{}';
  names text[] := '{}';
  statements text[] := '{}';
  one record;
  message text;
begin
  index_statements := '{}';
  errors := '{}';
  begin
    -- Only a prepared statement may have parameters of unknown value.
    execute format('prepare %I as %s', statement, rtrim(query, E'; \t\n\r'));
    explain_text := format(
      'explain (format json, verbose) execute %I%s', statement,
      (select '(' || string_agg('null', ', ') || ')'
         from pg_catalog.pg_prepared_statements as p, unnest(p.parameter_types)
        where p.name = statement));
    perform set_config('plan_cache_mode', 'force_generic_plan', true);
    execute explain_text into plan_before;
    plan_before := plan_before -> 0 -> 'Plan';
    plan_after := plan_before;

    compared := (
      select string_agg(jsonb_path_query_array(
               node,
               '$.keyvalue() ? (@.key like_regex "(Filter|Cond|Key)$").value')::text, ' ')
        from jsonb_path_query(plan_before, '$.** ? (@.type() == "object")') as node);

    begin
      for candidate in
        select distinct n.nspname, c.relname, a.attname, a.attnum
          from jsonb_path_query(
                 plan_before, '$.** ? (exists (@."Relation Name"))') as node
          join pg_catalog.pg_namespace as n on n.nspname = node ->> 'Schema'
          join pg_catalog.pg_class as c
            on c.relnamespace = n.oid and c.relname = node ->> 'Relation Name'
          join pg_catalog.pg_attribute as a on a.attrelid = c.oid
          join pg_catalog.pg_type as t on t.oid = a.atttypid
         where c.relkind in ('r', 'm', 'p') and a.attnum > 0 and not a.attisdropped
           and n.nspname not in ('pg_catalog', 'information_schema')
           and strpos(compared, a.attname) > 0
           -- A type without an order of its own has no btree index.
           and exists (
             select from pg_catalog.pg_opclass as o
               join pg_catalog.pg_am as m on m.oid = o.opcmethod
              where m.amname = 'btree' and o.opcdefault
                and o.opcintype in (
                  t.oid, t.typbasetype,
                  case when t.typname = 'varchar' then 'text'::regtype
                       when t.typtype = 'e' then 'anyenum'::regtype
                       when t.typtype = 'r' then 'anyrange'::regtype
                       when t.typcategory = 'A' then 'anyarray'::regtype end))
           and not exists (
             select from pg_catalog.pg_index as i
              where i.indrelid = c.oid and i.indkey[0] = a.attnum and i.indisvalid
                and i.indpred is null)
         order by n.nspname, c.relname, a.attnum
      loop
        statements := statements || format(
          'CREATE INDEX ON %I.%I USING btree (%I)',
          candidate.nspname, candidate.relname, candidate.attname);
        if is_real_hypopg then
          execute format('select * from %s.hypopg_create_index($1)', hypopg)
            into one using statements[cardinality(statements)];
          made := made || one.indexrelid;
          names := names || one.indexname;
        else
          names := names || format('index_advisor_%s', cardinality(statements));
          execute format(
            'create index %I on %I.%I using btree (%I)', names[cardinality(names)],
            candidate.nspname, candidate.relname, candidate.attname);
        end if;
      end loop;
      if statements <> '{}' then
        -- Nothing tells the prepared statement that its plan has grown old.
        discard plans;
        execute explain_text into plan_after;
        plan_after := plan_after -> 0 -> 'Plan';
      end if;
      -- Variables outlive what a block did to the database.
      raise sqlstate 'HB000';
    exception when sqlstate 'HB000' then null;
    end;

    index_statements := array(
      select statements[place]
        from generate_subscripts(statements, 1) as place
       where exists (
         select from jsonb_path_query(plan_after, '$.**."Index Name"') as used
          where used #>> '{}' = names[place])
       order by place);
    if index_statements = '{}' then
      plan_after := plan_before;
    end if;
    startup_cost_before := plan_before -> 'Startup Cost';
    startup_cost_after := plan_after -> 'Startup Cost';
    total_cost_before := plan_before -> 'Total Cost';
    total_cost_after := plan_after -> 'Total Cost';
  exception when others then
    get stacked diagnostics message = message_text;
    index_statements := '{}';
    errors := array[message];
  end;

  -- Neither hypopg's indexes nor a prepared statement go with a rolled back block.
  if is_real_hypopg then
    for candidate in select unnest(made) as id loop
      execute format('select %s.hypopg_drop_index($1)', hypopg) using candidate.id;
    end loop;
  end if;
  if exists (select from pg_catalog.pg_prepared_statements as p where p.name = statement) then
    execute format('deallocate %I', statement);
  end if;
  perform set_config('plan_cache_mode', mode, true);
  return next;
end
$$;
