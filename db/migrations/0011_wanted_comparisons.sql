-- A sync that succeeded wants the company to be compared with QuickBooks, in the transaction that ends it.
alter table companies
  -- Since then; null when no comparison is owed.
  add column verify_wanted_at timestamptz;
