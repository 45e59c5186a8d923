#!/bin/sh
# Brings Temporal's two schemas to the version of this image. Twice is once: setup-schema leaves a
# schema that is further on alone, update-schema applies what is missing.
set -eu
schemas=/etc/temporal/schema/postgresql/v12
update() {
  temporal-sql-tool --db "$1" setup-schema -v 0.0
  temporal-sql-tool --db "$1" update-schema -d "$schemas/$2/versioned"
}
update temporal temporal
update temporal_visibility visibility
