# What a person and their front end see. RUN marks what this run has made; TOKEN, REFRESH and HABIT are its person's.
RUN=check-$(date +%s)-$RANDOM
HABIT=""
FRONT_END=https://front-end.example

check_sign_up() {
  local answer
  [ -z "$(inside web printenv EMAIL_URL || true)" ] ||
    fail "EMAIL_URL is set, so whoever signs up must type a code from a mail: check without it, before it is set"
  answer=$(call POST /api/auth/app/v1/auth/signup \
    "{\"email\": \"$RUN@example.org\", \"password\": \"quiet-river-$RUN\", \"timezone\": \"UTC\"}")
  TOKEN=$(field access_token <<<"$answer")
  REFRESH=$(field refresh_token <<<"$answer")
  [ -n "$TOKEN" ] && [ -n "$REFRESH" ] || fail "sign-up gave no tokens"
  say "signed up: $RUN@example.org"
}

refresh_session() {
  TOKEN=$(TOKEN='' call POST /api/auth/app/v1/tokens/refresh "{\"refresh_token\": \"$REFRESH\"}" | field access_token)
  [ -n "$TOKEN" ] || fail "the session gives no new access token"
}

# Which origin the service lets in, of this one.
let_in() {
  curl -sS --max-time 10 -o /dev/null -D - -X OPTIONS -H "Origin: $1" -H "Access-Control-Request-Method: POST" \
    -H "Access-Control-Request-Headers: authorization,content-type" "$BASE/api/v1/habits" |
    tr -d '\r' | sed -nE 's/^access-control-allow-origin: //Ip'
}

check_origins_are_foreign_unless_named() {
  [ -z "$(let_in https://foreign.example)" ] || fail "CORS lets https://foreign.example in"
  say "CORS: a foreign origin is not let in"
}

check_a_named_origin_is_let_in() {
  # Only web is made anew, with one more setting; down and up takes it back.
  CORS_ALLOWED_ORIGINS=$FRONT_END $COMPOSE up -d --no-deps web >/dev/null 2>&1
  until_true 60 is_ready || fail "web is not ready with CORS_ALLOWED_ORIGINS"
  [ "$(let_in $FRONT_END)" = $FRONT_END ] || fail "CORS does not let $FRONT_END in, which is named"
  [ -z "$(let_in https://foreign.example)" ] || fail "CORS lets https://foreign.example in beside $FRONT_END"
  say "CORS: an origin of CORS_ALLOWED_ORIGINS is let in, a foreign one is not"
}

# habit_next_minute WORD SECONDS: a habit due at the next full minute that is so far away. Sets HABIT and DUE_AT.
habit_next_minute() {
  local time
  DUE_AT=$((($(date +%s) + $2) / 60 * 60 + 60))
  time=$(date -u -d "@$DUE_AT" +%H:%M 2>/dev/null || date -u -r "$DUE_AT" +%H:%M) # GNU's date, or else BSD's
  HABIT=$(call POST /api/v1/habits \
    "{\"action\": \"stretch $1\", \"place\": \"the hall\", \"time\": \"$time\", \"reward\": \"tea\"}" | field id)
  [ -n "$HABIT" ] || fail "the new habit has no id"
}

# expect_reminder WORD: in the worker's log, where reminders go without a bot.
expect_reminder() {
  if [ -n "$(inside worker printenv TELEGRAM_BOT_TOKEN || true)" ]; then
    say "no reminder was looked for: there is a bot, and this person has no chat"
    return
  fi
  until_true $((DUE_AT - $(date +%s) + 60)) logged worker "stretch $1" || fail "no reminder of '$1' within 60 s"
  say "reminded of '$1', $(($(date +%s) - DUE_AT)) s after it was due"
}

check_a_reminder_comes() {
  habit_next_minute "$RUN-first" 5
  expect_reminder "$RUN-first"
}

worker_count() { [ "$(containers worker | wc -l)" = "$1" ]; }

check_four_workers_tell_once() {
  local number
  $COMPOSE up -d --no-recreate --scale worker=4 worker >/dev/null 2>&1
  until_true 30 worker_count 4 || fail "there are no four workers"
  for number in 1 2 3 4 5 6; do habit_next_minute "$RUN-scaled-$number" 8; done
  for number in 1 2 3 4 5 6; do
    expect_reminder "$RUN-scaled-$number" >/dev/null
    [ "$(times_logged worker "stretch $RUN-scaled-$number")" -le 1 ] || fail "four workers told one reminder twice"
  done
  $COMPOSE up -d --no-recreate --scale worker=1 worker >/dev/null 2>&1
  until_true 60 worker_count 1 || fail "there is more than one worker"
  say "four workers: six reminders of one minute, each told once"
}

check_nothing_is_left_behind() {
  inside web python manage.py reminders | sed -nE 's/^(Missing parts|Due and waiting)/  \1/p'
  call DELETE /api/v1/me >/dev/null
  say "erased: $RUN@example.org"
}
