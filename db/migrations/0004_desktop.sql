-- QuickBooks Desktop: one connector for each PC, its sessions, and the exchanges passed through them.

alter table connections
  alter column realm_id drop not null,
  alter column credentials drop not null,
  alter column key_id drop not null,
  alter column access_expires_at drop not null,
  -- Desktop: the FileID of our .qwc, which the Web Connector stamps into the company file.
  add column file_id text unique,
  -- What tells the file from others, as last judged: {fileId, companyName, ein, lastRestoreTime, sentinels}.
  add column fingerprint jsonb,
  -- What the first contact showed a person: counts, last numbers, access rights, mode.
  add column first_look jsonb,
  -- The file was restored from a backup, and what it holds was not verified since.
  add column restored_at timestamptz,
  -- The company goes on in a new file since then: batches queued earlier belong to the file before.
  add column file_since timestamptz,
  add constraint one_way_to_quickbooks check ((realm_id is null) <> (file_id is null));

create table connectors (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references companies,
  -- What people call this PC.
  name text not null check (length(name) between 1 and 200),
  username text not null unique,
  -- scrypt: salt and hash.
  password_salt bytea not null,
  password_hash bytea not null,
  -- A further PC's own pair for the Web Connector, which refuses one that is in the company file already;
  -- null is the company's pair, which tells the file.
  owner_id text,
  file_id text,
  -- The path of the company file as this PC knows it, once accepted.
  file text,
  -- The PC's own name, from its last session.
  host text,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  -- The last call of its Web Connector.
  seen_at timestamptz,
  -- The last login with a wrong password, and the address it came from.
  refused_at timestamptz,
  refused_from text
);
create index connectors_of_company on connectors (company_id, created_at);
-- The Web Connector tells the entries of a company apart by this name.
create unique index one_connector_a_name on connectors (company_id, lower(name))
  where revoked_at is null;

create table desktop_sessions (
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null references companies,
  connector_id uuid not null references connectors,
  -- The ticket itself is known to the Web Connector alone.
  ticket_hash bytea not null unique,
  -- opening: logged in, QuickBooks not open yet. open: it asked for a request. ended: no more.
  state text not null default 'opening' check (state in ('opening', 'open', 'ended')),
  opened_at timestamptz not null default now(),
  -- The first sendRequestXML: from here on QuickBooks is open.
  asked_at timestamptz,
  contact_at timestamptz not null default now(),
  -- Silent beyond this moment it is given up, and another connector may serve.
  expires_at timestamptz not null,
  ended_at timestamptz,
  -- What was in the way, where it ended by that: {kind, message, nextStep, rawCode}.
  ended_by jsonb,
  -- What the PC was told to open; empty is the file that is open.
  asked_file text not null default '',
  -- The HRESULT with which QuickBooks refused that path, when the open file was tried instead.
  refused_path text,
  -- From sendRequestXML.
  file text,
  country text,
  major_version int,
  minor_version int,
  host_answer text,
  judged_at timestamptz,
  -- What getLastError answers next.
  last_error text,
  -- Milliseconds that QuickBooks worked, and how many exchanges it answered; the slowest of them.
  inside_ms bigint not null default 0,
  exchanges int not null default 0,
  slowest_ms bigint not null default 0,
  remote_address text
);
create unique index one_open_session on desktop_sessions (company_id) where state <> 'ended';
create index sessions_of_company on desktop_sessions (company_id, opened_at desc);

create table desktop_exchanges (
  id bigint generated always as identity primary key,
  company_id uuid not null references companies,
  session_id uuid not null references desktop_sessions,
  request text not null,
  state text not null default 'wanted' check (state in ('wanted', 'sent', 'answered', 'failed')),
  -- Emptied when whoever asked has read it.
  response text,
  hresult text,
  message text,
  wanted_at timestamptz not null default now(),
  sent_at timestamptz,
  answered_at timestamptz,
  read_at timestamptz,
  -- It was overdue, and nobody waits for its answer any more.
  given_up_at timestamptz
);
create index exchanges_of_session on desktop_exchanges (session_id, id);
create index unread_exchanges on desktop_exchanges (session_id, id) where read_at is null;

-- Companies whose workflows want to hear that a PC has come; the api's relay tells them. A row for
-- each time, because whoever adds one must not wait for the relay that holds an older one.
create table wakes (
  id bigint generated always as identity primary key,
  company_id uuid not null references companies,
  wanted_at timestamptz not null default now()
);

grant select, insert, update, delete on connectors, desktop_sessions, desktop_exchanges, wakes
  to evenbooks_system, evenbooks_app;

do $$
declare
  table_name text;
begin
  foreach table_name in array array['connectors', 'desktop_sessions', 'desktop_exchanges', 'wakes'] loop
    execute format('alter table %I enable row level security', table_name);
    execute format(
      'create policy of_one_company on %I to evenbooks_app
         using (company_id = nullif(current_setting(''app.company'', true), '''')::uuid)',
      table_name);
    execute format('create policy of_the_system on %I to evenbooks_system using (true)', table_name);
  end loop;
end
$$;
