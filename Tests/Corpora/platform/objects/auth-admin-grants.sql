-- projects: 4 (3 switch the hook on in config.toml)
-- A hook that adds claims to a token, called by the Auth service as its own role.
create table public.user_roles (user_id uuid references auth.users, role text);
create function public.custom_access_token_hook(event jsonb) returns jsonb
  language plpgsql stable as $$
declare
  found_role text;
begin
  select role into found_role from public.user_roles where user_id = (event ->> 'user_id')::uuid;
  return jsonb_set(event, '{claims,user_role}', coalesce(to_jsonb(found_role), 'null'));
end $$;
grant usage on schema public to supabase_auth_admin;
grant execute on function public.custom_access_token_hook to supabase_auth_admin;
revoke execute on function public.custom_access_token_hook from authenticated, anon, public;
grant all on table public.user_roles to supabase_auth_admin;
revoke all on table public.user_roles from authenticated, anon, public;
alter table public.user_roles enable row level security;
create policy "Allow auth admin to read user roles" on public.user_roles as permissive for select
  to supabase_auth_admin using (true);
do $$
begin
  if not has_function_privilege(
    'supabase_auth_admin', 'public.custom_access_token_hook(jsonb)', 'execute') then
    raise exception 'the service may not call the hook';
  end if;
  if has_function_privilege(
    'authenticated', 'public.custom_access_token_hook(jsonb)', 'execute') then
    raise exception 'users may call the hook';
  end if;
  if has_table_privilege('anon', 'public.user_roles', 'select') then
    raise exception 'anon may read roles';
  end if;
end
$$;
