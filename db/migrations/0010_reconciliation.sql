-- What a comparison with QuickBooks found, line by line, for people to read and keep.
create table reconciliation_lines (
  company_id uuid not null references companies,
  batch_id uuid not null references batches,
  position int not null,
  -- count: records of a kind (of a month); sample: one record; receivables, payables: against QuickBooks' report.
  subject text not null check (subject in ('count', 'sample', 'receivables', 'payables')),
  kind text,
  -- The first day of the month it is about.
  month date,
  quickbooks_id text,
  ours numeric,
  theirs numeric,
  -- Null: nothing can be said.
  agrees boolean,
  note text,
  primary key (batch_id, position)
);

grant select, insert, update, delete on reconciliation_lines to evenbooks_app, evenbooks_system;
alter table reconciliation_lines enable row level security;
create policy of_one_company on reconciliation_lines to evenbooks_app
  using (company_id = nullif(current_setting('app.company', true), '')::uuid);
create policy of_the_system on reconciliation_lines to evenbooks_system using (true);
