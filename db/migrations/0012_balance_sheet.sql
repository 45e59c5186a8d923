-- What is open is compared with QuickBooks' balance sheet, too.
alter table reconciliation_lines drop constraint reconciliation_lines_subject_check;
alter table reconciliation_lines add constraint reconciliation_lines_subject_check check (subject in (
  'count', 'sample', 'receivables', 'payables', 'balance_sheet_receivables', 'balance_sheet_payables'));
