"""Answers, and what can still be done about them."""

from datetime import timedelta

# How many days before today can still be answered.
CHECK_IN_DAYS_BACK = 7
# For how long the last answer or deletion can be undone.
UNDO_WITHIN = timedelta(hours=1)
