#!/usr/bin/env bash
# Checks a stack from the outside, as a person and an operator would see it.
#
#   docker compose up --build -d && bash deploy/check.sh
#
# It signs up, asks as a front end would, waits for reminders, takes everything down and up again, stops and kills part
# after part: some eight minutes, on an installation that may be disturbed. `bash deploy/check.sh gently` only looks and
# makes one habit. In the end the person that it made is erased.
#
# Run it beside compose.yaml. BASE: the service's address (where web is published). COMPOSE: how compose is called here.
set -euo pipefail
COMPOSE=${COMPOSE:-docker compose}

. deploy/checks/tools.sh
. deploy/checks/stack.sh
. deploy/checks/people.sh

BASE=${BASE:-http://$(published_address)}
check_it_serves
check_containers_are_closed
check_sign_up
check_origins_are_foreign_unless_named
check_a_reminder_comes
if [ "${1:-}" != gently ]; then
  check_a_named_origin_is_let_in
  check_down_and_up_keeps_everything
  check_four_workers_tell_once
  for part in worker beat redis db; do
    check_it_is_missed "$part"
    check_it_may_be_killed "$part"
  done
fi
check_nothing_is_left_behind
say "all well after $SECONDS s"
