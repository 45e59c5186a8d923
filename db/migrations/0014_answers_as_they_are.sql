-- What QuickBooks answered lies here for moments, until its reader takes it out: packing it would take
-- longer than writing it.

alter table desktop_exchanges alter column response set storage external;
