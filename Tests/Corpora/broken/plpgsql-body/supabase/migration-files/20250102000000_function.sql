create table public.half (id int);
create function public.f() returns int language plpgsql as $$
begin
  if true the
    return 1;
  end if;
end;
$$;
