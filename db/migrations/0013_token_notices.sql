-- Whoever remembers who holds a token hears that tokens moved, by whatever hand.
create function tell_tokens_moved() returns trigger language plpgsql as $$
begin
  perform pg_notify('evenbooks_token', '');
  return null;
end $$;

create trigger tokens_moved after update or delete on api_tokens
  for each statement execute function tell_tokens_moved();
