# The containers: what is open, what is missed while it is stopped, what comes back after a SIGKILL.

# Where the host reaches web, whatever WEB_ADDRESS and PORT say in .env.
published_address() {
  local address
  address=$($COMPOSE port web 8000 | head -n 1) && [ -n "$address" ] || fail "web is not published: is it up?"
  case $address in 0.0.0.0:* | \[::\]:* | :::*) address=127.0.0.1:${address##*:} ;; esac
  echo "$address"
}

check_it_serves() {
  until_true 60 serves /healthz || fail "nothing answers at $BASE/healthz"
  serves /api/openapi.json || fail "/api/openapi.json does not answer"
  serves /api/docs || fail "/api/docs does not answer"
  until_true 60 is_ready || fail "/readyz: $(curl -sS "$BASE/readyz")"
  say "serves: /healthz, /readyz, /api/openapi.json, /api/docs"
}

check_containers_are_closed() {
  local id name open
  for id in $(containers); do
    name=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.service"}}' "$id")
    [ "$(docker inspect -f '{{.State.Running}}' "$id")" = true ] || continue # migrate has done its work
    open=$(docker port "$id")
    if [ "$name" = web ]; then
      [ -n "$open" ] && ! grep -qv '^8000/tcp ' <<<"$open" || fail "web publishes something else than its port: $open"
      say "published: $name $open"
    else
      [ -z "$open" ] || fail "$name publishes $open"
    fi
    [ "$(docker exec "$id" id -u)" != 0 ] || fail "$name runs as root"
    # By root too, who may write anywhere that can be written.
    ! docker exec -u 0 "$id" touch /written 2>/dev/null || fail "the root file system of $name can be written"
  done
  say "closed: nothing else is published, nobody is root, root file systems are read-only"
}

check_down_and_up_keeps_everything() {
  local began=$SECONDS
  $COMPOSE down >/dev/null 2>&1
  $COMPOSE up -d >/dev/null 2>&1
  until_true 120 is_ready || fail "not ready 120 s after down and up: $(curl -sS "$BASE/readyz")"
  [ "$(call GET "/api/v1/habits/$HABIT" | field id)" = "$HABIT" ] || fail "habit $HABIT is gone after down and up"
  refresh_session
  say "down and up: ready after $((SECONDS - began)) s, account, habit and session are there"
}

# The name that /readyz has for a service.
part_of() { if [ "$1" = db ]; then echo database; else echo "$1"; fi; }

check_it_is_missed() {
  local service=$1 part began
  part=$(part_of "$service")
  $COMPOSE stop "$service" >/dev/null 2>&1
  began=$SECONDS
  until_true 15 not_ready_for "$part" || fail "/readyz does not name $part 15 s after it was stopped"
  say "$service stopped: /readyz answers 503 and names $part after $((SECONDS - began)) s"
  $COMPOSE start "$service" >/dev/null 2>&1
  until_true 60 is_ready || fail "not ready 60 s after $service was started: $(curl -sS "$BASE/readyz")"
}

has_restarted() { [ "$(restarts "$1")" -gt "$2" ]; }

# SIGKILL shortly before a reminder is due, for everything in the container but its init, which ends with it. (`docker
# kill` counts as stopped by hand, and nothing would start it again.)
check_it_may_be_killed() {
  local service=$1 before mark=$RUN-$1 began
  before=$(restarts "$service")
  habit_next_minute "$mark" 8
  sleep $((DUE_AT - $(date +%s) - 1))
  inside "$service" sh -c 'kill -s KILL -- -1' >/dev/null 2>&1 || true
  began=$SECONDS
  until_true 60 has_restarted "$service" "$before" || fail "$service did not start again after SIGKILL"
  until_true 60 is_ready || fail "not ready 60 s after SIGKILL of $service: $(curl -sS "$BASE/readyz")"
  say "$service killed a second before a reminder was due: it started by itself, all is ready after $((SECONDS - began)) s"
  expect_reminder "$mark"
}
