create table public.half (id int);
do $$
begin
  execute 'create table public.inner (id int)';
  raise exception 'not today' using hint = 'try tomorrow';
end
$$;
