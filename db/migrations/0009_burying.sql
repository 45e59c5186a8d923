-- A company that goes on in a new file has what it held of the old one marked as deleted, piece by piece.

alter table connections
  -- Some of it is not marked yet; nothing of the new file is stored before.
  add column is_burying boolean not null default false;
