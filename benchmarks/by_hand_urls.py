"""Every address of the service, and the views by hand under /api/ too: the same middleware goes around them."""

from django.urls import path

from benchmarks import by_hand, by_hand_create, by_hand_cursor
from config.urls import urlpatterns as served

urlpatterns = [
    path("api/by-hand/habits", by_hand.habits),
    path("api/by-hand/habits/new", by_hand_create.create),
    path("api/by-hand/habits/new-by-cursor", by_hand_cursor.create),
    path("api/by-hand/habits/public", by_hand.public_habits),
    path("api/by-hand/habits/<int:habit_id>", by_hand.habit),
    *served,
]
