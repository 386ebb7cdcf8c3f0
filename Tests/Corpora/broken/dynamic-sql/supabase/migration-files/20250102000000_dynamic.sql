do $$
begin
  execute 'create tabel oops';
end
$$;
