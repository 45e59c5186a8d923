-- What people are to know of how a step was done, and the amounts of a month as they were read and as
-- we hold them.

alter table batch_steps add column note text;

create table step_sums (
  company_id uuid not null references companies,
  batch_id uuid not null references batches,
  name text not null,
  kind text not null,
  -- Empty where QuickBooks names none.
  currency text not null,
  -- Added up page by page, in the transaction that stored the page: over so many records.
  told numeric not null,
  told_records bigint not null,
  -- What we hold, and how many of these were modified since the months were counted; null before the proof.
  held numeric,
  held_records bigint,
  changed_records bigint,
  primary key (batch_id, name, kind, currency)
);

grant select, insert, update, delete on step_sums to evenbooks_app, evenbooks_system;
alter table step_sums enable row level security;
create policy of_one_company on step_sums to evenbooks_app
  using (company_id = nullif(current_setting('app.company', true), '')::uuid);
create policy of_the_system on step_sums to evenbooks_system using (true);
