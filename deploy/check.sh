#!/usr/bin/env bash
# Checks a freshly started stack from the outside, as a person and an operator would see it.
#
#   docker compose up --build -d && bash deploy/check.sh
#
# Run it beside compose.yaml. BASE: the service's address (http://127.0.0.1:$PORT). COMPOSE: how compose is called here.
# Without a bot token the reminder is looked for in the worker's log. It leaves one person and one habit behind.
set -euo pipefail
BASE=${BASE:-http://127.0.0.1:${PORT:-8000}}
COMPOSE=${COMPOSE:-docker compose}

say() { printf '%s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# call METHOD PATH [BODY] [HEADER...]: prints the body; anything but 2xx fails the check.
call() {
  local method=$1 path=$2 body=${3:-} reply status
  local -a more=()
  for header in "${@:4}"; do more+=(-H "$header"); done
  [ -z "$body" ] || more+=(-H "Content-Type: application/json" --data "$body")
  reply=$(curl -sS --max-time 20 -X "$method" "${more[@]}" -w '\n%{http_code}' "$BASE$path")
  status=${reply##*$'\n'}
  [[ $status == 2* ]] || fail "$method $path answered $status: ${reply%$'\n'*}"
  printf '%s' "${reply%$'\n'*}"
}

# field NAME < JSON: a text or number at any depth, the first of that name.
field() { grep -oE "\"$1\": *(\"[^\"]*\"|[0-9]+)" | head -n 1 | sed -E 's/^[^:]*: *//; s/^"//; s/"$//'; }

# until_true SECONDS COMMAND...: repeats the command each second until it succeeds.
until_true() {
  local end=$((SECONDS + $1)); shift
  until "$@"; do [ $SECONDS -lt $end ] || return 1; sleep 1; done
}

serves() { curl -fsS --max-time 5 -o /dev/null "$BASE$1" 2>/dev/null; }
logged() { $COMPOSE logs --no-color "$1" 2>/dev/null | grep -qF -- "$2"; }

check_it_serves() {
  until_true 60 serves /healthz || fail "nothing answers at $BASE/healthz"
  serves /api/openapi.json || fail "/api/openapi.json does not answer"
  serves /api/docs || fail "/api/docs does not answer"
  say "serves: /healthz, /api/openapi.json, /api/docs"
}

check_a_person_is_reminded() {
  local mark token soon due habit
  mark="check-$(date +%s)-$RANDOM"
  token=$(call POST /api/auth/app/v1/auth/signup \
    "{\"email\": \"$mark@example.org\", \"password\": \"quiet-river-$mark\", \"timezone\": \"UTC\"}" | field access_token)
  [ -n "$token" ] || fail "sign-up gave no access token"
  say "signed up: $mark@example.org"
  # The next minute; the one after it where the next is only moments away. (GNU's date, or else BSD's.)
  soon=$(($(date +%s) + 70))
  due=$(date -u -d "@$soon" +%H:%M 2>/dev/null || date -u -r "$soon" +%H:%M)
  habit=$(call POST /api/v1/habits \
    "{\"action\": \"stretch $mark\", \"place\": \"the hall\", \"time\": \"$due\", \"reward\": \"tea\"}" \
    "Authorization: Bearer $token" | field id)
  [ -n "$habit" ] || fail "the new habit has no id"
  say "habit $habit is due at $due UTC"
  until_true 150 logged worker "stretch $mark" || fail "no reminder in the worker's log 150 s after the habit was made"
  say "reminded: $($COMPOSE logs --no-color worker | grep -F -- "stretch $mark" | head -n 1)"
}

check_it_serves
check_a_person_is_reminded
say "all well"
