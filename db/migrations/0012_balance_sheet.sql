-- What is open is compared with QuickBooks' balance sheet, too; document by document; and amounts are
-- told beside counts.
alter table reconciliation_lines drop constraint reconciliation_lines_subject_check;
alter table reconciliation_lines add constraint reconciliation_lines_subject_check check (subject in (
  'count', 'total', 'open', 'sample', 'receivables', 'payables', 'balance_sheet_receivables',
  'balance_sheet_payables'));
