-- The ground: companies and their connections, batches and their steps, records, attention, tokens.
-- Kinds, states and editions are the API's names in lower case. Money is numeric. Every table of a
-- company carries company_id, and row-level security is the second wall behind it (0002_roles.sql).

create table companies (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  edition text not null check (edition in ('online', 'desktop')),
  state text not null default 'setting_up'
    check (state in ('setting_up', 'connected', 'paused', 'disconnected')),
  -- Why it is disconnected: {kind, message, nextStep, rawCode}.
  state_reason jsonb,
  confirmed_at timestamptz,
  -- Lists and open balances are in: people can work.
  workable_at timestamptz,
  auto_sync_enabled boolean not null default false,
  auto_sync_every_minutes int not null default 120 check (auto_sync_every_minutes between 15 and 10080),
  auto_sync_payments boolean not null default true,
  failures_in_a_row int not null default 0,
  created_at timestamptz not null default now()
);

create table connections (
  company_id uuid primary key references companies,
  -- QuickBooks Online's own id of the company; one of ours at most may be bound to it.
  realm_id text not null unique,
  state text not null default 'authorized' check (state in ('authorized', 'ended')),
  -- AES-256-GCM: {accessToken, refreshToken}; key_id names the key that opens it.
  credentials bytea not null,
  key_id text not null,
  access_expires_at timestamptz not null,
  refresh_expires_at timestamptz,
  -- Whose books these are, as QuickBooks says: {name, quickbooksId, country, currency, edition}.
  books jsonb,
  -- QuickBooks' clock when the first sync began, less two minutes: sweeps read from here.
  changes_from timestamptz,
  -- Where AutoSync goes on: the start of the last sweep, on QuickBooks' clock.
  cursor_at timestamptz,
  connected_at timestamptz not null default now(),
  refreshed_at timestamptz not null default now()
);

-- One authorisation under way: the state that Intuit's redirect must bring back, once.
create table oauth_states (
  state_hash bytea primary key,
  company_id uuid not null references companies,
  expires_at timestamptz not null,
  used_at timestamptz
);

-- Every request of a company, by whichever process, takes the next free moment from this row.
create table request_pace (
  company_id uuid primary key references companies,
  next_at timestamptz not null default now(),
  -- QuickBooks asked for quiet until then.
  quiet_until timestamptz not null default '-infinity'
);

-- Metered calls by Intuit app and month, one row a company so that companies do not queue for it.
create table metered_calls (
  client_id text not null,
  month date not null,
  company_id uuid not null references companies,
  calls bigint not null default 0,
  primary key (client_id, month, company_id)
);

create table batches (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references companies,
  -- The order of the queue.
  position bigint generated always as identity,
  kind text not null
    check (kind in ('initial', 'historical', 'autosync', 'manual', 'reapply_payments', 'verify')),
  trigger text not null check (trigger in ('user', 'app', 'schedule', 'webhook', 'retry', 'system')),
  started_by text not null,
  label text not null,
  status text not null default 'queued'
    check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  -- What a running batch waits for, written before an activity gives up its slot.
  waiting_for text,
  waiting_since timestamptz,
  waiting_until timestamptz,
  -- Raised by every run that takes the lease; a page commits only under its own fence.
  fence bigint not null default 0,
  -- The run that holds the lease; null between the coordinator's claim and takeLease.
  run_id text,
  phase text,
  history_from date,
  failure jsonb,
  cancel_requested_at timestamptz,
  queued_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create unique index one_running_batch on batches (company_id) where status = 'running';
create unique index one_open_batch_a_kind on batches (company_id, kind)
  where status in ('queued', 'running') and kind <> 'autosync';
create index batches_of_company on batches (company_id, position desc);
create index open_batches on batches (status, position) where status in ('queued', 'running');

-- A step is read by several streams; each stream owns one part, with its own window and checkpoint.
create table batch_steps (
  company_id uuid not null references companies,
  batch_id uuid not null references batches,
  name text not null,
  part int not null default 0,
  position int not null,
  phase text not null,
  kind text,
  status text not null default 'queued' check (status in ('queued', 'running', 'succeeded', 'failed')),
  total bigint,
  done bigint not null default 0,
  created bigint not null default 0,
  updated bigint not null default 0,
  unchanged bigint not null default 0,
  deleted bigint not null default 0,
  -- Where the source goes on; only the source reads it.
  checkpoint jsonb,
  -- Set when QuickBooks does not offer this kind: {message, rawCode}.
  unavailable jsonb,
  primary key (batch_id, name, part)
);

-- How far a batch was at a moment, every few seconds: rate and time left are told from these.
create table batch_samples (
  company_id uuid not null references companies,
  batch_id uuid not null references batches,
  at timestamptz not null default now(),
  done bigint not null,
  primary key (batch_id, at)
);

create table records (
  company_id uuid not null,
  kind text collate "C" not null,
  quickbooks_id text collate "C" not null,
  version text not null,
  modified_at timestamptz not null,
  deleted_at timestamptz,
  number text,
  party text,
  date date,
  total numeric,
  balance numeric,
  currency text,
  payload text not null,
  -- How many versions of it we have stored; 1 tells a merge that the row is new.
  revision int not null default 1,
  primary key (company_id, kind, quickbooks_id)
) partition by hash (company_id);

do $$
begin
  for i in 0..15 loop
    execute format(
      'create table records_%s partition of records for values with (modulus 16, remainder %s)',
      lpad(i::text, 2, '0'), i);
  end loop;
end
$$;

-- Comparing with QuickBooks goes by windows of modification time; deleted rows are few and looked for alone.
create index records_by_modification on records (company_id, kind, modified_at);
create index deleted_records on records (company_id, kind, quickbooks_id) where deleted_at is not null;

-- Kept counts; several slots a kind, so that streams do not queue behind one row.
create table record_counts (
  company_id uuid not null references companies,
  kind text not null,
  slot smallint not null,
  present bigint not null default 0,
  deleted bigint not null default 0,
  primary key (company_id, kind, slot)
);

create table attention (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references companies,
  batch_id uuid references batches,
  -- What it is about, once: the same trouble met again is the same row.
  key text not null,
  cause text not null,
  message text not null,
  next_step text not null,
  record_kind text,
  quickbooks_id text,
  -- QuickBooks' own code, or the text that could not be read.
  raw text,
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  unique (company_id, key)
);

create table api_tokens (
  id uuid primary key default gen_random_uuid(),
  token_hash bytea not null unique,
  name text not null,
  role text not null check (role in ('admin', 'implementer', 'accountant', 'ops', 'viewer', 'app')),
  -- The companies it may see; null means all of them.
  company_ids uuid[],
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
