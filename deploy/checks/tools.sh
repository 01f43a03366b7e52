# What the checks share. Bash, curl, and the docker command; nothing else.

say() { printf '%s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# call METHOD PATH [BODY] [HEADER...]: prints the body; anything but 2xx fails the check.
call() {
  local method=$1 path=$2 body=${3:-} reply status
  local -a more=()
  [ -z "${TOKEN:-}" ] || more+=(-H "Authorization: Bearer $TOKEN")
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
is_ready() { serves /readyz; }
not_ready_for() { curl -sS --max-time 15 -w ' %{http_code}' "$BASE/readyz" 2>/dev/null | grep -qE "\"$1\".* 503$"; }

# How often a text stands in a service's log.
times_logged() { $COMPOSE logs --no-color "$1" 2>/dev/null | grep -cF -- "$2" || true; }
logged() { [ "$(times_logged "$1" "$2")" -gt 0 ]; }

inside() { local service=$1; shift; $COMPOSE exec -T "$service" "$@"; }
# The containers of a service, or of all, by id.
containers() { $COMPOSE ps -q "$@"; }
restarts() { docker inspect -f '{{.RestartCount}}' "$(containers "$1")"; }
