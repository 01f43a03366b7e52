"""News for the rooms above, sent inside the writer's transaction."""

from django.dispatch import Signal

# Sent with `habit` and `now` after a habit was created or changed in any way, its schedule row (if any) being locked.
habit_saved = Signal()

# Sent with `habit`, `now` and `undoable` before a habit is deleted, its person, schedule row and itself being locked.
# Not sent when a whole person is erased.
habit_deleting = Signal()
