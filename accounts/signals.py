"""News for the rooms above, sent inside the writer's transaction."""

from django.dispatch import Signal

# Sent with `person` and `now` after a person's time zone changed.
timezone_changed = Signal()

# Sent with `person` and `now` after a pause of all their reminders began, ended early, or got another end
# (`Person.pause_end`). Where the time zone changed too, that is told first.
pause_changed = Signal()

# Sent with `person` before a person is erased, so that the room that keeps schedule rows locks theirs first.
person_erasing = Signal()
