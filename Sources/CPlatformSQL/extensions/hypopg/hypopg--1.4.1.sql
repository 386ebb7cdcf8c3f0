-- The names of hypopg, for machines without its package. An index that does not exist can only
-- be planned with by a hook in C, so what would make one says what to install.

create function hypopg_create_index(
    sql_order text, out indexrelid oid, out indexname text)
  returns setof record
  language plpgsql
as $$
begin
  raise exception 'hypopg is not installed on this machine: no hypothetical index can be made'
    using errcode = 'feature_not_supported',
          hint = 'Install the package postgresql-15-hypopg, then drop and create the extension.';
end
$$;

create function hypopg_hide_index(indexid oid) returns boolean
  language plpgsql
as $$
begin
  raise exception 'hypopg is not installed on this machine: no index can be hidden'
    using errcode = 'feature_not_supported',
          hint = 'Install the package postgresql-15-hypopg, then drop and create the extension.';
end
$$;

-- There is never one, so there is nothing to list, drop or bring back.
create function hypopg(
    out indexname text, out indexrelid oid, out indrelid oid, out innatts integer,
    out indisunique boolean, out indkey int2vector, out indcollation oidvector,
    out indclass oidvector, out indoption oidvector, out indexprs pg_node_tree,
    out indpred pg_node_tree, out amid oid)
  returns setof record
  language sql
as $$
  select null::text, null::oid, null::oid, null::integer, null::boolean, null::int2vector,
         null::oidvector, null::oidvector, null::oidvector, null::pg_node_tree,
         null::pg_node_tree, null::oid
   where false
$$;
create function hypopg_drop_index(indexid oid) returns boolean
  language sql as 'select false';
create function hypopg_reset() returns void
  language sql as '';
create function hypopg_reset_index() returns void
  language sql as '';
create function hypopg_relation_size(indexid oid) returns bigint
  language sql as 'select null::bigint';
create function hypopg_get_indexdef(indexid oid) returns text
  language sql as 'select null::text';
create function hypopg_unhide_index(indexid oid) returns boolean
  language sql as 'select false';
create function hypopg_unhide_all_indexes() returns void
  language sql as '';
create function hypopg_hidden_indexes() returns table (indexid oid)
  language sql as 'select null::oid where false';

create view hypopg_list_indexes as
  select null::oid as indexrelid, null::text as index_name, null::name as schema_name,
         null::name as table_name, null::name as am_name
   where false;
create view hypopg_hidden_indexes as
  select null::oid as indexrelid, null::name as index_name, null::name as schema_name,
         null::name as table_name, null::name as am_name, null::boolean as is_hypo
   where false;
grant select on hypopg_list_indexes, hypopg_hidden_indexes to public;
