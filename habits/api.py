"""Own habits, and everyone's public ones."""

from functools import partial
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import Query, Router
from ninja.params.functions import Header

from accounts.signed_in import person_of
from contract.described import ENTITY_TAG, LOCATION, described, headers
from contract.pages import keyset_page, numbered_page
from contract.preconditions import ANY_VERSION, IfMatch, entity_tag
from contract.problems import problem_responses
from contract.schemas import Id
from contract.throttle import RequestsAMinute
from habits import copying, queries, services
from habits.filters import HabitFilters, PublicFilters
from habits.models import Habit
from habits.schemas import (
    CopyIn,
    HabitIn,
    HabitOut,
    HabitPage,
    HabitPatch,
    PublicHabitOut,
    PublicHabitPage,
)

router = Router()
OWN = ["Habits"]
PUBLIC = ["Public habits"]
public_rate = RequestsAMinute("public_habits", settings.PUBLIC_REQUESTS_A_MINUTE)
NO_OTHER_PRIZE = CopyIn()
Versions = Annotated[
    IfMatch,
    Header(
        alias="If-Match",
        description="Do it only where the habit's `ETag` is among these, else answer 412. `W/` does not matter.",
    ),
]


def show(response: HttpResponse, habit: Habit) -> Habit:
    """The answer that shows a habit of one's own names the version that it shows."""
    response["ETag"] = entity_tag(habit.pk, habit.version)
    return habit


@router.get(
    "/habits",
    response=HabitPage,
    tags=OWN,
    operation_id="listHabits",
    summary="List your habits",
    openapi_extra=problem_responses(404),
)
def list_habits(request: HttpRequest, filters: Query[HabitFilters]) -> dict[str, Any]:
    """Newest first, five a page."""
    habits = queries.own_habits(person=person_of(request), is_pleasant=filters.is_pleasant, search=filters.search)
    return numbered_page(request, habits, page=filters.page)


@router.post(
    "/habits",
    response={201: HabitOut},
    tags=OWN,
    operation_id="createHabit",
    summary="Create a habit",
    openapi_extra=headers(201, LOCATION, ENTITY_TAG),
)
def create_habit(request: HttpRequest, response: HttpResponse, body: HabitIn) -> Habit:
    """Useful unless it says `is_pleasant`. `Location` is the address of the new habit."""
    person = person_of(request)
    habit = services.create_habit(person=person, now=now(), **body.changes())
    response["Location"] = request.build_absolute_uri(f"{request.path}/{habit.pk}")
    return show(response, queries.own_habit(person=person, habit_id=habit.pk))


@router.get(
    "/habits/public",
    response=PublicHabitPage,
    auth=None,
    throttle=[public_rate],
    tags=PUBLIC,
    operation_id="listPublicHabits",
    summary="List everyone's public habits",
)
def list_public_habits(request: HttpRequest, filters: Query[PublicFilters]) -> dict[str, Any]:
    """Newest first, five a page; follow `next` and `previous`."""
    return keyset_page(request, cursor=filters.cursor, fetch=partial(queries.public_habits, search=filters.search))


@router.get(
    "/habits/public/{int:habit_id}",
    response=PublicHabitOut,
    auth=None,
    throttle=[public_rate],
    tags=PUBLIC,
    operation_id="showPublicHabit",
    summary="Show a public habit",
)
def show_public_habit(request: HttpRequest, habit_id: Id) -> Habit:
    """404 for one that is private, also to its owner."""
    return queries.public_habit(habit_id=habit_id)


@router.post(
    "/habits/public/{int:habit_id}/copy",
    response={201: HabitOut},
    tags=PUBLIC,
    operation_id="copyPublicHabit",
    summary="Take over a public habit",
    openapi_extra=headers(201, LOCATION, ENTITY_TAG),
)
def copy_public_habit(
    request: HttpRequest, response: HttpResponse, habit_id: Id, body: CopyIn = NO_OTHER_PRIZE
) -> Habit:
    """A private copy of your own, from today on, at the same time of day. `Location` is its address.

    A reward comes along; a related habit that is public becomes a pleasant habit of your own, unless you have one of
    the same words. `reward` or `related_habit` in the body takes the place of either; 422 where neither is given and
    the related habit is private. Copying twice makes two copies.
    """
    person = person_of(request)
    habit = copying.copy_habit(
        person=person, habit_id=habit_id, now=now(), reward=body.reward, related_habit=body.related_habit
    )
    response["Location"] = request.build_absolute_uri(f"{request.path.partition('/public/')[0]}/{habit.pk}")
    return show(response, queries.own_habit(person=person, habit_id=habit.pk))


@router.get(
    "/habits/{int:habit_id}",
    response=HabitOut,
    tags=OWN,
    operation_id="showHabit",
    summary="Show one of your habits",
    openapi_extra=headers(200, ENTITY_TAG),
)
def show_habit(request: HttpRequest, response: HttpResponse, habit_id: Id) -> Habit:
    """404 for another person's. `ETag` names its version."""
    return show(response, queries.own_habit(person=person_of(request), habit_id=habit_id))


@router.patch(
    "/habits/{int:habit_id}",
    response=HabitOut,
    tags=OWN,
    operation_id="updateHabit",
    summary="Change one of your habits",
    openapi_extra=described(headers(200, ENTITY_TAG), problem_responses(409, 412)),
)
def update_habit(
    request: HttpRequest, response: HttpResponse, habit_id: Id, body: HabitPatch, if_match: Versions = ANY_VERSION
) -> Habit:
    """The rules hold for the habit as it would be afterwards. With `If-Match`, two tabs do not overwrite each other.

    409 where it is the related habit of others and would become useful; the message names them. 412 where it is not
    (any more) in a version that `If-Match` names; nothing has changed then.
    """
    person = person_of(request)
    services.update_habit(
        person=person,
        habit_id=habit_id,
        now=now(),
        expected_versions=if_match.versions(habit_id),
        **body.changes(),
    )
    return show(response, queries.own_habit(person=person, habit_id=habit_id))


@router.delete(
    "/habits/{int:habit_id}",
    response={204: None},
    tags=OWN,
    operation_id="deleteHabit",
    summary="Delete one of your habits",
    openapi_extra=problem_responses(409, 412),
)
def delete_habit(request: HttpRequest, habit_id: Id, if_match: Versions = ANY_VERSION) -> None:
    """With its answers. For an hour the bot's /undo brings all of it back.

    409 where it is the related habit of others; the message names them. 412 where it is not (any more) in a version
    that `If-Match` names.
    """
    services.delete_habit(
        person=person_of(request), habit_id=habit_id, now=now(), expected_versions=if_match.versions(habit_id)
    )
