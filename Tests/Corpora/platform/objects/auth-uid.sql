-- projects: 43
-- Row security by the claim `sub`, in both forms in which the REST service has set it.
create table public.todos (id serial primary key, user_id uuid default auth.uid(), task text);
alter table public.todos enable row level security;
create policy "Own todos" on public.todos for all to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
insert into public.todos (user_id, task) values
  ('00000000-0000-0000-0000-000000000001', 'mine'),
  ('00000000-0000-0000-0000-000000000002', 'not mine');
set role authenticated;
set request.jwt.claims = '{"sub": "00000000-0000-0000-0000-000000000001"}';
insert into public.todos (task) values ('new');
do $$
begin
  if (select count(*) from public.todos) <> 2 then
    raise exception 'sees % rows', (select count(*) from public.todos);
  end if;
  begin
    insert into public.todos (user_id, task)
      values ('00000000-0000-0000-0000-000000000002', 'for another');
    raise exception 'wrote for another';
  exception when insufficient_privilege then null;
  end;
  perform set_config('request.jwt.claim.sub', '00000000-0000-0000-0000-000000000002', true);
  if (select string_agg(task, ',') from public.todos) <> 'not mine' then
    raise exception 'the older form does not win';
  end if;
  perform set_config('request.jwt.claim.sub', '', true);
  perform set_config('request.jwt.claims', '', true);
  if auth.uid() is not null or exists (select from public.todos) then
    raise exception 'nobody is somebody';
  end if;
end
$$;
reset role;
