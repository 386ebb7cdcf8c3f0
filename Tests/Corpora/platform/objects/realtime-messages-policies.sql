-- projects: 3
-- Who may hear and speak in a private channel.
create table public.members (room text, member uuid);
insert into public.members values ('room:1', '00000000-0000-0000-0000-000000000001');
create policy "Members hear" on realtime.messages for select to authenticated using (
  realtime.messages.extension in ('broadcast', 'presence') and exists (
    select from public.members
     where member = (select auth.uid()) and room = (select realtime.topic())));
create policy "Members speak" on "realtime"."messages" for insert to authenticated
  with check ((select realtime.topic()) = 'room:1');
drop policy if exists "Nobody" on realtime.messages;
insert into realtime.messages (topic, extension) values ('room:1', 'broadcast');
set role authenticated;
do $$
begin
  perform set_config(
    'request.jwt.claims', '{"sub": "00000000-0000-0000-0000-000000000001"}', true);
  perform set_config('realtime.topic', 'room:1', true);
  if not exists (select from realtime.messages) then raise exception 'hears nothing'; end if;
  insert into realtime.messages (topic, extension) values ('room:1', 'broadcast');
  perform set_config('realtime.topic', 'room:2', true);
  if exists (select from realtime.messages) then raise exception 'hears another room'; end if;
  begin
    insert into realtime.messages (topic, extension) values ('room:2', 'broadcast');
    raise exception 'speaks in another room';
  exception when insufficient_privilege then null;
  end;
end
$$;
reset role;
