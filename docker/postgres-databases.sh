#!/bin/sh
# Runs once, when PostgreSQL makes its data folder: Temporal gets databases and a role of its own.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$TEMPORAL_POSTGRES_PASSWORD" \
  --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" <<'SQL'
create role temporal login password :'password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
SQL
