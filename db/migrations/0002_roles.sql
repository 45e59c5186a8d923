-- Two roles without rights of their own. Every transaction for a company runs as evenbooks_app and
-- sees only the company in app.company; evenbooks_system runs the few statements that come before a
-- company is known. Roles belong to the whole server, so another database may have made them already.
do $$
declare
  role_name text;
begin
  foreach role_name in array array['evenbooks_app', 'evenbooks_system'] loop
    begin
      execute format('create role %I nologin', role_name);
    exception when duplicate_object or unique_violation then
      null;
    end;
    begin
      execute format('grant %I to current_user', role_name);
    exception when unique_violation then
      null;
    end;
  end loop;
end
$$;

do $$
begin
  execute format('grant temporary on database %I to evenbooks_app', current_database());
end
$$;

grant select, insert, update, delete on
  companies, connections, oauth_states, request_pace, metered_calls, batches, batch_steps,
  batch_samples, records, record_counts, attention, api_tokens
  to evenbooks_system;
grant select, insert, update, delete on
  companies, connections, request_pace, metered_calls, batches, batch_steps,
  batch_samples, records, record_counts, attention
  to evenbooks_app;

do $$
declare
  table_name text;
  owner_column text;
begin
  foreach table_name in array array[
    'companies', 'connections', 'request_pace', 'metered_calls', 'batches', 'batch_steps',
    'batch_samples', 'records', 'record_counts', 'attention'
  ] loop
    owner_column := case table_name when 'companies' then 'id' else 'company_id' end;
    execute format('alter table %I enable row level security', table_name);
    execute format(
      'create policy of_one_company on %I to evenbooks_app
         using (%I = nullif(current_setting(''app.company'', true), '''')::uuid)',
      table_name, owner_column);
    execute format('create policy of_the_system on %I to evenbooks_system using (true)', table_name);
  end loop;
end
$$;
