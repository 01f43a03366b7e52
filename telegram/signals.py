"""News for the rooms above, sent inside the writer's transaction."""

from django.dispatch import Signal

# Sent with `person` and `now` after a chat was linked to a person, or a lost one was found again.
chat_linked = Signal()

# Sent with `person` and `now` after a person's chat was unlinked, or was found to be gone (blocked, deleted).
chat_lost = Signal()
