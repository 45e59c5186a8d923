-- When the cursors were taken, by our own clock: that of a company file's PC may be set right afterwards.
alter table connections
  add column cursor_taken_at timestamptz,
  add column uncovered_cursor_taken_at timestamptz;
