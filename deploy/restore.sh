#!/usr/bin/env bash
# Replaces the database of the containers by a backup, all of it or nothing: bash deploy/restore.sh FILE
# The service stands still meanwhile. Run it beside compose.yaml. COMPOSE: how compose is called here.
set -euo pipefail
COMPOSE=${COMPOSE:-docker compose}
file=${1:?which backup? bash deploy/restore.sh FILE}
[ -r "$file" ] || { echo "$file cannot be read" >&2; exit 1; }

# Into a database beside it, which takes its place once it is whole: two names change in one transaction.
restore=$(
  cat <<'INSIDE'
as() { program=$1; shift; "$program" -U "$POSTGRES_USER" "$@"; }
new=restored_meanwhile gone=replaced_meanwhile
for left in $new $gone; do as dropdb --maintenance-db=template1 --if-exists --force $left 2>/dev/null; done
as createdb --maintenance-db=template1 $new
as pg_restore -d $new --exit-on-error --no-owner --no-privileges
as psql -qAt -o /dev/null -d template1 -v ON_ERROR_STOP=1 -v old="$POSTGRES_DB" -v new=$new -v gone=$gone <<SQL
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :'old';
BEGIN;
ALTER DATABASE :"old" RENAME TO :"gone";
ALTER DATABASE :"new" RENAME TO :"old";
COMMIT;
SQL
as dropdb --maintenance-db=template1 --force $gone || echo "The database $gone is left over and can be dropped." >&2
INSIDE
)
# Also when somebody breaks it off.
trap '$COMPOSE start web worker beat bot; echo "Nothing was restored; the service goes on with what it had." >&2' EXIT
$COMPOSE stop web worker beat bot
$COMPOSE exec -T db sh -ec "$restore" <"$file"
trap - EXIT
# Migrates it first, should it be older than the code.
$COMPOSE up -d
echo "Restored from $file."
