-- The history is read in windows of the dates of transactions, newest first.

alter table batch_steps
  -- Transactions dated within these days, both ends included; null is open.
  add column dated_from date,
  add column dated_until date;
