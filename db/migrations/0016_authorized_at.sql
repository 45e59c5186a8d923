-- When a person connected the company last: a batch that was queued before does not disconnect it any more.
alter table connections add column authorized_at timestamptz;
