"""How the service comes back to a broker that was away."""

from contextlib import suppress
from typing import Any

from celery import current_app

from devservices.servers import free_port


def test_a_broker_that_is_away_is_tried_every_second_however_long_it_takes() -> None:
    pauses: list[float] = []
    tried = 3
    for connection in (current_app.connection_for_read, current_app.connection_for_write):

        def note(_error: Any, pause: float) -> None:
            pauses.append(pause)
            if len(pauses) % tried == 0:
                raise StopIteration

        with connection(url=f"redis://127.0.0.1:{free_port()}/0") as away, suppress(StopIteration):
            away.ensure_connection(note)
    assert pauses == [1.0] * 2 * tried
