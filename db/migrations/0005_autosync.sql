-- AutoSync, and the same asked for by a person (manual): at most one run waits beside the one that is
-- at work, and each says what it was asked for.

create unique index one_queued_autosync on batches (company_id)
  where status = 'queued' and kind in ('autosync', 'manual');

drop index one_open_batch_a_kind;
create unique index one_open_batch_a_kind on batches (company_id, kind)
  where status in ('queued', 'running') and kind not in ('autosync', 'manual');

alter table batches
  -- Kinds that no feed of changes covers are read too.
  add column everything boolean not null default false,
  -- Somebody wants everything that had changed by then to be part of this run.
  add column hurried_at timestamptz;

alter table connections
  -- Kinds without a feed of changes are read since then, once a day.
  add column uncovered_cursor_at timestamptz;

alter table companies
  -- Held after failures in a row, or by a person: {kind, message, nextStep, rawCode, isApplied}.
  add column auto_sync_held jsonb;
