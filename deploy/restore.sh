#!/usr/bin/env bash
# Replaces the database of the containers by a backup, all of it or nothing: bash deploy/restore.sh FILE
# The service stands still meanwhile. Run it beside compose.yaml. COMPOSE: how compose is called here.
set -euo pipefail
COMPOSE=${COMPOSE:-docker compose}
file=${1:?which backup? bash deploy/restore.sh FILE}
[ -r "$file" ] || { echo "$file cannot be read" >&2; exit 1; }

# Into a database beside it, which takes its place once it is whole.
# shellcheck disable=SC2016 # the variables are the container's
restore='
  as() { program=$1; shift; "$program" -U "$POSTGRES_USER" "$@"; }
  new="${POSTGRES_DB}_restored"
  as dropdb --maintenance-db=template1 --if-exists "$new"
  as createdb --maintenance-db=template1 "$new"
  as pg_restore -d "$new" --exit-on-error --no-owner --no-privileges
  as dropdb --maintenance-db=template1 --force "$POSTGRES_DB"
  echo "ALTER DATABASE :\"new\" RENAME TO :\"old\"" | as psql -q -d template1 -v new="$new" -v old="$POSTGRES_DB"
'
$COMPOSE stop web worker beat bot
if ! $COMPOSE exec -T db sh -ec "$restore" <"$file"; then
  $COMPOSE start web worker beat bot
  echo "Nothing was restored; the service goes on with what it had." >&2
  exit 1
fi
# Migrates it first, should it be older than the code.
$COMPOSE up -d
echo "Restored from $file."
