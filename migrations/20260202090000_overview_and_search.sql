-- What the dashboard reads: one view and two functions, all under the caller's own policies.

create view public.organisation_overview
with (security_invoker = true)
as
select
  o.id,
  o.slug,
  o.name,
  o.kind,
  coalesce(s.plan_id, 'free') as plan_id,
  (select count(*) from public.members m where m.organisation_id = o.id) as members,
  (select array_agg(a.app_id order by a.app_id) from public.organisation_apps a
    where a.organisation_id = o.id) as apps,
  d.documents,
  d.published,
  d.last_change
from public.organisations o
left join public.subscriptions s on s.organisation_id = o.id
left join lateral (
  select
    count(*) as documents,
    count(*) filter (where status = 'published') as published,
    max(updated_at) as last_change
  from public.documents
  where organisation_id = o.id
) d on true;

revoke all on public.organisation_overview from anon, authenticated;
grant select on public.organisation_overview to authenticated;

comment on view public.organisation_overview is
  'An organisation with its figures, as the caller may see them.';

create type public.search_result as (
  document_id uuid,
  title text,
  excerpt text,
  rank real
);

create function public.search_documents(query text, most integer default 20)
returns setof public.search_result
language sql
stable
security invoker
set search_path = ''
as $$
  select d.id, d.title, ts_headline('english', left(d.body, 2000), q), ts_rank(d.search, q)
  from websearch_to_tsquery('english', query) q
  join public.documents d on d.search @@ q
  order by ts_rank(d.search, q) desc, d.id
  limit least(greatest(most, 1), 100)
$$;

-- The way from a document up to its root, nearest first. Standard SQL body: parsed when created.
create function public.document_path(document_id uuid)
returns table (id uuid, title text, depth integer)
language sql
stable
security invoker
begin atomic
  with recursive path as (
    select d.id, d.title, d.parent_id, 0 as depth
    from public.documents d where d.id = document_path.document_id
    union all
    select d.id, d.title, d.parent_id, path.depth + 1
    from public.documents d join path on d.id = path.parent_id
    where path.depth < 32
  )
  select path.id, path.title, path.depth from path order by path.depth;
end;

revoke execute on function public.search_documents(text, integer) from public, anon;
revoke execute on function public.document_path(uuid) from public, anon;
grant execute on function public.search_documents(text, integer) to authenticated;
grant execute on function public.document_path(uuid) to authenticated;
