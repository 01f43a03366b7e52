"""Reminders and envelopes in the admin: to look at, and to try again what failed."""

from typing import Any, Final, TypeVar, cast

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from reminders.models import ChannelInUse, Envelope, Reminder
from reminders.services import retry_failed

FURTHEST: Final = 10_000  # rows

Row = TypeVar("Row", bound=models.Model)


class Newest(Paginator[Any]):
    """So many of the newest rows: to say how many there are in all, millions would be counted for each page."""

    @cached_property
    def count(self) -> int:
        return cast("QuerySet[Any]", self.object_list[:FURTHEST]).count()


class ReadOnly(admin.ModelAdmin[Row]):
    show_full_result_count = False
    paginator = Newest
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


class Failures(admin.SimpleListFilter):
    """Failed ones only: for them alone there is an index."""

    title = _("what failed")
    parameter_name = "failed"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("failed"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Reminder]) -> QuerySet[Reminder]:
        return queryset.filter(state=Reminder.State.FAILED) if self.value() else queryset


@admin.register(Reminder)
class ReminderAdmin(ReadOnly[Reminder]):
    list_display = ("id", "habit", "due_at", "date", "kind", "state", "settled_at", "error")
    list_select_related = ("habit",)
    # A page at a time and by habit: counting or sorting millions of rows would be felt by everyone.
    search_fields = ("=habit__id",)
    list_filter = (Failures,)
    actions = ("retry",)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("reminders.change_reminder")

    @admin.action(description=_("Try those that failed again"), permissions=["retry"])
    def retry(self, request: HttpRequest, chosen: QuerySet[Reminder]) -> None:
        reminders = list(chosen)
        done = retry_failed(now=timezone.now(), reminders=[reminder.pk for reminder in reminders])
        said = _("%(reopened)d wait again. Left as failed: %(late)d that would come too late, %(unwanted)d not wanted.")
        counts = {"reopened": done.reopened, "late": done.too_late, "unwanted": done.unwanted}
        for reminder in reminders:
            self.log_change(request, reminder, said % counts)
        self.message_user(request, said % counts, messages.SUCCESS if done.reopened else messages.WARNING)


@admin.register(Envelope)
class EnvelopeAdmin(ReadOnly[Envelope]):
    list_display = ("id", "person", "due_at", "available_at", "claimed_until", "attempts", "error")
    list_select_related = ("person",)


@admin.register(ChannelInUse)
class ChannelInUseAdmin(ReadOnly[ChannelInUse]):
    list_display = ("name", "moving_to", "moved_past")
