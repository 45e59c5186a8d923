-- Requests that were not made are made up for a little later: the minute's limit is kept by a budget
-- beside the even spacing that keeps the second's.
alter table request_pace add column budget_at timestamptz not null default '-infinity';
