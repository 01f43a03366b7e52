"""The courier of a process: when it sets out, and when no more."""

import threading
from collections.abc import Iterator

import pytest

from reminders.office import Office

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office()
    yield office
    office.close()


def couriers() -> int:
    return sum(thread.name == "courier" for thread in threading.enumerate())


def test_a_courier_sets_out_when_woken_and_again_after_it_was_closed(office: Office) -> None:
    for _ in range(2):
        office.wake()
        office.wake()
        assert couriers() == 1
        office.close()
        assert couriers() == 0


def test_no_courier_sets_out_once_the_process_is_to_end(office: Office) -> None:
    """What it would claim, nobody would wait for: a worker that stands in for beat may be in the middle of a tick."""
    office.wake()
    office.retire()
    office.wake()
    assert couriers() == 0
