"""Reminders and envelopes in the admin: to look at, not to change."""

from typing import TypeVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from reminders.models import ChannelInUse, Envelope, Reminder

Row = TypeVar("Row", bound=models.Model)


class ReadOnly(admin.ModelAdmin[Row]):
    show_full_result_count = False
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


@admin.register(Reminder)
class ReminderAdmin(ReadOnly[Reminder]):
    list_display = ("id", "habit", "due_at", "date", "kind", "state", "settled_at", "error")
    list_select_related = ("habit",)
    # A page at a time and by habit: counting or sorting millions of rows would be felt by everyone.
    search_fields = ("=habit__id",)


@admin.register(Envelope)
class EnvelopeAdmin(ReadOnly[Envelope]):
    list_display = ("id", "person", "due_at", "available_at", "claimed_until", "attempts", "error")
    list_select_related = ("person",)


@admin.register(ChannelInUse)
class ChannelInUseAdmin(ReadOnly[ChannelInUse]):
    list_display = ("name", "moving_to", "moved_past")
