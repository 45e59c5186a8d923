-- Who pays what. Amounts that QuickBooks' records say to sit on documents are kept as they arrive;
-- applications are what we have judged to be so, document by document, and changes tell of it.

-- As the newest version of each record says. Written in the transaction of the page that brought it.
create table applied_amounts (
  company_id uuid not null,
  to_kind text collate "C" not null,
  to_id text collate "C" not null,
  -- The record that says so: the payment, also where it joins a credit to the document.
  said_by_kind text collate "C" not null,
  said_by_id text collate "C" not null,
  from_kind text collate "C" not null,
  from_id text collate "C" not null,
  role text not null check (role in ('payment', 'credit', 'discount', 'deposit')),
  amount numeric not null,
  date date,
  -- Units of the home currency for one of the document's.
  exchange_rate numeric
) partition by hash (company_id);

-- What is applied now. A document's rows change together, in one transaction.
create table applications (
  company_id uuid not null,
  to_kind text collate "C" not null,
  to_id text collate "C" not null,
  said_by_kind text collate "C" not null,
  said_by_id text collate "C" not null,
  from_kind text collate "C" not null,
  from_id text collate "C" not null,
  role text not null check (role in ('payment', 'credit', 'discount', 'deposit')),
  amount numeric not null,
  date date,
  exchange_rate numeric,
  primary key (company_id, to_kind, to_id, said_by_kind, said_by_id, from_kind, from_id, role)
) partition by hash (company_id);

do $$
begin
  for i in 0..15 loop
    execute format(
      'create table applied_amounts_%1$s partition of applied_amounts for values with (modulus 16, remainder %2$s)',
      lpad(i::text, 2, '0'), i);
    execute format(
      'create table applications_%1$s partition of applications for values with (modulus 16, remainder %2$s)',
      lpad(i::text, 2, '0'), i);
  end loop;
end
$$;

create index applied_amounts_on on applied_amounts (company_id, to_kind, to_id);
create index applied_amounts_said_by on applied_amounts (company_id, said_by_kind, said_by_id);
create index applications_from on applications (company_id, from_kind, from_id);
create index applications_said_by on applications (company_id, said_by_kind, said_by_id);

-- Documents whose applications may no longer be what QuickBooks' records say.
create table unsettled_documents (
  company_id uuid not null,
  kind text collate "C" not null,
  quickbooks_id text collate "C" not null,
  primary key (company_id, kind, quickbooks_id)
);

-- What moved, for documents downstream. Numbered from the company's own counter, which is locked until
-- the commit, so that the order of numbers is the order of commits.
create table change_counters (
  company_id uuid primary key references companies,
  position bigint not null
);

create table changes (
  company_id uuid not null,
  position bigint not null,
  batch_id uuid not null,
  at timestamptz not null default now(),
  to_kind text not null,
  to_id text not null,
  said_by_kind text not null,
  said_by_id text not null,
  from_kind text not null,
  from_id text not null,
  role text not null,
  -- Null before: it was added. Null after: it was removed.
  amount_before numeric,
  amount_after numeric,
  date_before date,
  date_after date,
  primary key (company_id, position)
);

-- What a re-application of payments found for each document that differs, and what became of it.
create table reapplied_documents (
  company_id uuid not null references companies,
  batch_id uuid not null references batches,
  kind text collate "C" not null,
  quickbooks_id text collate "C" not null,
  state text not null check (state in ('planned', 'swapped', 'stopped')),
  -- Why it was stopped: a sentence.
  reason text,
  total numeric,
  balance numeric,
  applied_before numeric not null,
  applied_after numeric not null,
  -- [{fromKind, fromId, role, saidByKind, saidById, before, after, why, notes}]
  moves jsonb not null,
  primary key (batch_id, kind, quickbooks_id)
);

alter table batch_steps
  -- Modified from this moment on; null is open.
  add column modified_from timestamptz;

alter table batches
  -- Re-application of payments: since when, by which date, and whether it only shows what it would do.
  add column reapply jsonb,
  -- What a batch found out, for people: numbers and sums.
  add column result jsonb;

grant select, insert, update, delete on
  applied_amounts, applications, unsettled_documents, change_counters, changes, reapplied_documents
  to evenbooks_app, evenbooks_system;

do $$
declare
  table_name text;
begin
  foreach table_name in array array['applied_amounts', 'applications', 'unsettled_documents',
    'change_counters', 'changes', 'reapplied_documents']
  loop
    execute format('alter table %I enable row level security', table_name);
    execute format(
      'create policy of_one_company on %I to evenbooks_app
         using (company_id = nullif(current_setting(''app.company'', true), '''')::uuid)', table_name);
    execute format('create policy of_the_system on %I to evenbooks_system using (true)', table_name);
  end loop;
end
$$;
