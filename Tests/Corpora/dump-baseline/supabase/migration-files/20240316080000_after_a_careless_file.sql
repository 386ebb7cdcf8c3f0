-- Role, search path and timeout are the session's own again.
create index notes_ticket_id_idx on notes (ticket_id);
do $$
begin
  if current_user <> 'postgres' or current_setting('statement_timeout') = '1ms' then
    raise exception 'the file before leaked: % %', current_user, current_setting('statement_timeout');
  end if;
end
$$;
