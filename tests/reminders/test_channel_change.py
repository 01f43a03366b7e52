"""When the channel changes between starts, everyone is planned for the new one, once."""

import pytest
from pytest_django import Settings

from accounts.models import Person
from habits.models import Schedule
from reminders.models import ChannelInUse
from reminders.moving import is_moved, next_batch, replan_everyone
from reminders.planner import plan
from tests.bot_api.fixtures import TOKEN
from tests.people import make_person
from tests.reminders.conftest import BEFORE, DAY, DUE, MINUTE, due_habit, linked, next_at, states

pytestmark = pytest.mark.django_db


def test_nobody_is_lost_and_only_the_reached_go_on(settings: Settings, alice: Person, bob: Person) -> None:
    hers, his = due_habit(alice), due_habit(bob)
    sleeping = due_habit(alice, is_paused=True)
    assert replan_everyone(now=BEFORE) == 3
    plan(now=DUE)
    late = due_habit(bob, at=DUE + MINUTE)
    settings.TELEGRAM_BOT_TOKEN = TOKEN
    linked(alice, 720)
    assert not is_moved()
    assert replan_everyone(now=DUE + MINUTE) == 4
    assert (states(hers), next_at(hers)) == ([(DUE, "waiting")], DUE + DAY)
    assert (states(his), next_at(his)) == ([(DUE, "cancelled")], None)
    assert (states(late), next_at(late)) == ([(DUE + MINUTE, "cancelled")], None)
    settings.TELEGRAM_BOT_TOKEN = ""
    replan_everyone(now=DUE + MINUTE)
    assert next_at(his) == DUE + DAY
    assert next_at(sleeping) is None


def test_a_schedule_that_cannot_be_reckoned_holds_nobody_up_and_is_left_to_the_planner(
    settings: Settings, alice: Person, bob: Person
) -> None:
    settings.TELEGRAM_BOT_TOKEN = TOKEN
    broken, sound = due_habit(linked(alice, 720)), due_habit(linked(bob, 721))
    Schedule.objects.filter(pk=broken.pk).update(timezone="Mars/Olympus_Mons")
    Schedule.objects.update(next_at=None)
    replan_everyone(now=BEFORE)
    assert is_moved()
    assert (next_at(broken), next_at(sound)) == (BEFORE, DUE)
    plan(now=BEFORE)
    assert states(broken) == [(BEFORE, "failed")]


def test_it_happens_once(alice: Person) -> None:
    due_habit(alice)
    assert replan_everyone(now=BEFORE) == 1
    assert replan_everyone(now=BEFORE) == 0
    assert ChannelInUse.objects.get().name == "console"


def test_a_move_that_was_cut_short_goes_on_where_it_stopped(settings: Settings) -> None:
    habits = [due_habit(make_person(f"P{number}")) for number in range(7)]
    replan_everyone(now=BEFORE)
    settings.TELEGRAM_BOT_TOKEN = TOKEN
    assert next_batch(now=BEFORE, batch=3) == 3
    half_way = ChannelInUse.objects.get()
    assert (half_way.name, half_way.moving_to) == ("console", "telegram")
    assert half_way.moved_past == habits[2].pk
    assert Schedule.objects.filter(next_at=None).count() == 3
    replan_everyone(now=BEFORE, batch=3)
    assert not Schedule.objects.exclude(next_at=None).exists()
    assert is_moved()


def test_a_move_that_is_taken_back_half_way_starts_anew(settings: Settings) -> None:
    habits = [due_habit(make_person(f"P{number}")) for number in range(4)]
    replan_everyone(now=BEFORE)
    settings.TELEGRAM_BOT_TOKEN = TOKEN
    assert next_batch(now=BEFORE, batch=2) == 2
    settings.TELEGRAM_BOT_TOKEN = ""
    replan_everyone(now=BEFORE)
    assert {next_at(habit) for habit in habits} == {DUE}
