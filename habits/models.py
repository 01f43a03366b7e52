"""The habit, and the narrow schedule row that the planner reads.

The habit row is the truth, in the person's words. The schedule row is its projection for the planner: it exists for
every useful habit and carries all that planning needs, so that a million of them are planned without touching a wide
row or joining the person (a join under a row lock reads stale zones).

Lock order, for every writer: the person, schedule rows (ascending habit id), then habits. The planner holds schedule
rows while its inserts look at habits; the other order would deadlock with it. The person comes first, since what is
written about a habit refers to them, and erasing holds them before it deletes their habits; never FOR UPDATE
(`select_for_update(no_key=True)`), as the planner's inserts look at the person too.
"""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from contract.constraints import check
from habits.search import SearchKeys
from habits.weekdays import WeekdaysField

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

DEFAULT_DURATION = 60
MAX_DURATION = 120
TEXT_LENGTH = 200
REASON_LENGTH = 500
FIRST_DAY = date(1970, 1, 1)
LAST_DAY = date(2100, 12, 31)


class WholeMinute(Func):
    template = "DATE_TRUNC('minute', %(expressions)s)::time"
    output_field = models.TimeField()


# What everyone sees; habits.search says it in SQL.
SHOWN = Q(is_public=True, hidden_at__isnull=True)


class Habit(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="habits", db_index=False)
    action = models.CharField(_("action"), max_length=TEXT_LENGTH)
    place = models.CharField(_("place"), max_length=TEXT_LENGTH, null=True, blank=True)
    time = models.TimeField(_("time"), null=True, blank=True)
    duration = models.PositiveSmallIntegerField(_("duration in seconds"), default=DEFAULT_DURATION)
    every_days = models.PositiveSmallIntegerField(_("every N days"), null=True, blank=True)
    weekdays = WeekdaysField(_("weekdays"), null=True, blank=True)
    starts_on = models.DateField(_("starts on"))
    is_pleasant = models.BooleanField(_("pleasant"), default=False)
    is_public = models.BooleanField(_("public"), default=False)
    is_paused = models.BooleanField(_("paused"), default=False)
    reward = models.CharField(_("reward"), max_length=TEXT_LENGTH, null=True, blank=True)
    # The database holds it by a composite foreign key (migration 0001): pleasant, and of the same owner.
    # RESTRICT, not PROTECT: erasing a person deletes both ends.
    related_habit = models.ForeignKey(
        "self",
        verbose_name=_("related habit"),
        on_delete=models.RESTRICT,
        related_name="useful_habits",
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
    )
    # Since when an admin hides it from everyone but its owner (habits.moderation); no rule of the owner's changes that.
    hidden_at = models.DateTimeField(_("hidden since"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), editable=False)
    updated_at = models.DateTimeField(_("updated at"), editable=False)

    schedule: "Schedule"
    useful_habits: "RelatedManager[Habit]"

    class Meta:
        verbose_name = _("habit")
        verbose_name_plural = _("habits")
        constraints = [
            check(
                "useful_habit_has_exactly_one_of_reward_and_related_habit",
                Q(is_pleasant=True)
                | Q(reward__isnull=False, related_habit__isnull=True)
                | Q(reward__isnull=True, related_habit__isnull=False),
            ),
            check(
                "pleasant_habit_has_neither_reward_nor_related_habit",
                Q(is_pleasant=False) | Q(reward__isnull=True, related_habit__isnull=True),
            ),
            check("duration_is_1_to_120_seconds", Q(duration__gte=1, duration__lte=MAX_DURATION)),
            check("every_days_is_1_to_7", Q(every_days__gte=1, every_days__lte=7)),
            check("weekdays_are_a_non_empty_set", Q(weekdays__gte=1, weekdays__lte=127)),
            check(
                "frequency_is_every_days_or_weekdays_never_both",
                Q(every_days__isnull=True) | Q(weekdays__isnull=True),
            ),
            check(
                "useful_habit_has_time_place_and_frequency",
                Q(is_pleasant=True)
                | Q(time__isnull=False, place__isnull=False)
                & (Q(every_days__isnull=False) | Q(weekdays__isnull=False)),
            ),
            check(
                "what_is_absent_is_null",
                ~Q(action="") & (Q(place__isnull=True) | ~Q(place="")) & (Q(reward__isnull=True) | ~Q(reward="")),
            ),
            check("time_is_a_whole_minute", Q(time=WholeMinute("time"))),
            check("starts_on_is_from_1970_to_2100", Q(starts_on__gte=FIRST_DAY, starts_on__lte=LAST_DAY)),
            # The target of the composite foreign key of `related_habit`.
            models.UniqueConstraint(fields=["id", "owner", "is_pleasant"], name="habit_of_owner_and_kind"),
        ]
        indexes = [
            # habits.queries: own list, newest first.
            models.Index(F("owner"), F("id").desc(), name="habits_of_owner"),
            # habits.queries: public feed, newest first, by keyset.
            models.Index(F("id").desc(), name="public_habits", condition=SHOWN),
            # habits.search: newest matches in the public feed, bucket by bucket. No pending list: a search would have
            # to read it through.
            GinIndex(SearchKeys(), name="public_habits_by_words", condition=SHOWN, fastupdate=False),
            # habits.rules: what points at a pleasant habit; also the foreign key's own look at deletes.
            models.Index(
                fields=["related_habit"],
                name="habits_by_related_habit",
                condition=Q(related_habit__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.action

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None

    @property
    def is_shown(self) -> bool:
        """Whether everyone sees it."""
        return self.is_public and self.hidden_at is None


class Schedule(models.Model):
    """When a useful habit is due, on the person's own clock. `next_at` is written by `reminders.schedule` alone."""

    habit = models.OneToOneField(Habit, on_delete=models.CASCADE, primary_key=True, related_name="schedule")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="schedules", db_index=False
    )
    time = models.TimeField()
    every_days = models.PositiveSmallIntegerField(null=True)
    weekdays = WeekdaysField(null=True)
    starts_on = models.DateField()
    timezone = models.CharField(max_length=64)
    # The next occurrence (UTC); NULL while nothing is to be reminded: paused, or no channel reaches the person.
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            check(
                "schedule_is_every_days_or_weekdays",
                Q(every_days__isnull=False, weekdays__isnull=True) | Q(every_days__isnull=True, weekdays__isnull=False),
            ),
        ]
        indexes = [
            # reminders.planner: what is due, the reminders of one person and minute side by side; the habit, to find
            # the first of them without reading rows.
            models.Index(
                fields=["next_at", "person", "habit"], name="schedules_due", condition=Q(next_at__isnull=False)
            ),
            # reminders.schedule: all schedules of a person (zone changed, chat linked or lost).
            models.Index(fields=["person"], name="schedules_of_person"),
        ]

    def __str__(self) -> str:
        return f"schedule of habit {self.habit_id}"


class Report(models.Model):
    """Somebody finds a public habit wrong; an admin reads it and may hide the habit."""

    habit = models.ForeignKey(
        Habit, verbose_name=_("habit"), on_delete=models.CASCADE, related_name="reports", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("reported by"), on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            # Also finds the reports of a habit.
            models.UniqueConstraint(fields=["habit", "person"], name="one_report_of_a_habit_a_person"),
        ]

    def __str__(self) -> str:
        return self.reason
