"""What a person answered, since when which rule held, and what can still be undone.

Lock order, for every writer of answers: the person, then the habit, as `habits.models` says, and never schedules. So
one person's answers, deletions and undoing take turns, and no answer waits for a planner.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.constraints import check
from habits.models import TEXT_LENGTH, Habit
from habits.weekdays import WeekdaysField


class CheckIn(models.Model):
    """A person's answer for one habit and local date."""

    class Status(models.TextChoices):
        DONE = "done", _("done")
        SKIPPED = "skipped", _("skipped")

    class Source(models.TextChoices):
        API = "api", _("over the API")
        BOT = "bot", _("in the bot")
        ADMIN = "admin", _("by an administrator")

    # The database cascades (migration 0002), so that erasing a person never gathers years of answers in Python.
    habit = models.ForeignKey(
        Habit,
        on_delete=models.DO_NOTHING,
        related_name="check_ins",
        db_constraint=False,
        db_index=False,
        verbose_name=_("habit"),
    )
    date = models.DateField(_("date"))
    status = models.CharField(_("status"), max_length=7, choices=Status.choices)
    note = models.CharField(_("note"), max_length=TEXT_LENGTH, null=True, blank=True)
    # Where the answer as it stands came from, and when.
    source = models.CharField(_("source"), max_length=5, choices=Source.choices)
    answered_at = models.DateTimeField(_("answered at"))

    # Whether `tracking.services.check_in` has just made it, rather than changed it or found it so.
    is_new = False

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        constraints = [
            # Also serves every look at answers (tracking.queries), and the habit's cascade.
            models.UniqueConstraint(fields=["habit", "date"], name="one_check_in_for_a_habit_and_date"),
            check("check_in_status_is_known", Q(status__in=["done", "skipped"])),
            check("check_in_source_is_known", Q(source__in=["api", "bot", "admin"])),
            check("check_in_note_is_null_when_absent", Q(note__isnull=True) | ~Q(note="")),
        ]

    def __str__(self) -> str:
        return f"{self.date}: {self.status}"


class Phase(models.Model):
    """From `starts` until before `ends` the habit was due by this rule. Phases never overlap; gaps are pauses.

    Written by `tracking.phases` alone. That phases of a habit do not overlap, migration 0002 holds.
    """

    # The database cascades here too.
    habit = models.ForeignKey(
        Habit,
        on_delete=models.DO_NOTHING,
        related_name="phases",
        db_constraint=False,
        db_index=False,
    )
    starts = models.DateField()
    # The first date that no longer belongs to it; NULL while it goes on.
    ends = models.DateField(null=True)
    every_days = models.PositiveSmallIntegerField(null=True)
    weekdays = WeekdaysField(null=True)
    # What "every N days" is counted from: the habit's `starts_on`.
    counted_from = models.DateField()
    time = models.TimeField()
    timezone = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # Also serves every look at a habit's phases, and the habit's cascade.
            models.UniqueConstraint(fields=["habit", "starts"], name="one_phase_of_a_habit_starts_on_a_date"),
            check("phase_ends_after_it_starts", Q(ends__isnull=True) | Q(ends__gt=F("starts"))),
            check(
                "phase_is_every_days_or_weekdays",
                Q(every_days__isnull=False, weekdays__isnull=True) | Q(every_days__isnull=True, weekdays__isnull=False),
            ),
            check("phase_every_days_is_1_to_7", Q(every_days__gte=1, every_days__lte=7)),
            check("phase_weekdays_are_a_non_empty_set", Q(weekdays__gte=1, weekdays__lte=127)),
        ]

    def __str__(self) -> str:
        return f"phase of habit {self.habit_id} from {self.starts}"


class LastDeed(models.Model):
    """What a person can undo: their last answer or deletion. The next deed takes its place; after an hour it goes."""

    class Kind(models.TextChoices):
        ANSWER = "answer"
        DELETION = "deletion"

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="last_deed"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    done_at = models.DateTimeField()
    # As `tracking.undoing` writes it.
    content = models.JSONField()

    class Meta:
        constraints = [check("last_deed_kind_is_known", Q(kind__in=["answer", "deletion"]))]
        indexes = [
            # tracking.tasks: what is too old to be undone.
            models.Index(fields=["done_at"], name="last_deeds_by_age"),
        ]

    def __str__(self) -> str:
        return f"last deed of person {self.person_id}"
