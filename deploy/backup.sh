#!/usr/bin/env bash
# Writes the database of the containers into a file, while everything runs: bash deploy/backup.sh [FILE]
# Run it beside compose.yaml. COMPOSE: how compose is called here.
set -euo pipefail
COMPOSE=${COMPOSE:-docker compose}
file=${1:-habits-$(date -u +%Y%m%d-%H%M%S).dump}

umask 077 # it holds addresses, and the hashes of passwords
trap 'rm -f "$file.part"' EXIT
$COMPOSE exec -T db sh -c \
  'exec pg_dump -U "$POSTGRES_USER" -d "$POSTGRES_DB" --format=custom --no-owner --no-privileges' >"$file.part"
mv "$file.part" "$file"
echo "$file: $(wc -c <"$file") bytes. Tokens and sessions want the same SECRET_KEY: keep it, too."
