"""What is under way to people, and what became of it.

An envelope is everything that one person is to be told at one minute. It is the vehicle: it exists only while something
in it waits, and it carries the claim (token, lease, attempts), so its table holds what is under way and no history.
A reminder is the promise: one for a habit and a moment, waiting in an envelope or in a final state, which is kept.
"Claimed" is a waiting reminder in a claimed envelope. That nothing is lost is therefore a foreign key and a CHECK:
a waiting reminder travels in an envelope, and an envelope is waiting, or claimed under a lease that ends.

Lock order, for every writer: schedules (ascending habit id), habits, then envelopes, then reminders. A person's row may
be locked before schedules, but never FOR UPDATE (`select_for_update(no_key=True)`): the planner holds schedules while
its inserts look at the person.
"""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.constraints import check
from habits.models import Habit


class Envelope(models.Model):
    """Everything that one person is to be told at one minute, while it is under way."""

    # The database cascades (migration 0002), so that erasing a person never gathers rows in Python.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="envelopes",
        db_constraint=False,
        db_index=False,
        verbose_name=_("person"),
    )
    due_at = models.DateTimeField(_("due at"))
    # Not to be claimed before: the due moment, or later after an attempt that failed.
    available_at = models.DateTimeField(_("available at"))
    # Who holds it, and until when by the database's clock. Settling matches the token.
    claim_token = models.UUIDField(_("claim token"), null=True)
    claimed_until = models.DateTimeField(_("claimed until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # What the last attempt ended in.
    error = models.TextField(_("error"), null=True)

    class Meta:
        verbose_name = _("envelope")
        verbose_name_plural = _("envelopes")
        constraints = [
            check(
                "claimed_envelope_has_token_and_lease",
                Q(claim_token__isnull=True, claimed_until__isnull=True)
                | Q(claim_token__isnull=False, claimed_until__isnull=False),
            ),
        ]
        indexes = [
            # reminders.claims.claim: the waiting ones, the longest available first; and apart from them those that were
            # put off, which come after.
            models.Index(
                fields=["available_at", "id"],
                name="envelopes_waiting",
                condition=Q(claim_token__isnull=True, available_at=F("due_at")),
            ),
            models.Index(
                fields=["available_at", "id"],
                name="envelopes_put_off",
                condition=Q(claim_token__isnull=True) & ~Q(available_at=F("due_at")),
            ),
            # reminders.sweeping.release_expired: claims that ran out.
            models.Index(
                fields=["claimed_until"],
                name="envelopes_claimed",
                condition=Q(claim_token__isnull=False),
            ),
            # reminders.schedule: what is under way to a person who is no longer reached; the foreign key's cascade.
            models.Index(fields=["person"], name="envelopes_of_person"),
        ]

    def __str__(self) -> str:
        return f"envelope {self.pk}"


class Reminder(models.Model):
    """The promise to tell a person about one occurrence of a habit (or about a snoozed one, at its own moment)."""

    # States are words, not numbers: operators read them, at some 5 bytes more in a row of a hundred.
    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        # It could not go out while it still made sense, or its occurrence was skipped in an outage.
        MISSED = "missed", _("missed")
        # An error nobody foresaw, kept with it. Only an operator reopens it.
        FAILED = "failed", _("failed")
        # Before it went its habit was edited or paused, its person unlinked, or its date answered.
        CANCELLED = "cancelled", _("cancelled")

    class Kind(models.TextChoices):
        OCCURRENCE = "occurrence", _("occurrence")
        SNOOZE = "snooze", _("snooze")

    # The database cascades here too. A reminder's person is its habit's owner.
    habit = models.ForeignKey(
        Habit,
        on_delete=models.DO_NOTHING,
        related_name="reminders",
        db_constraint=False,
        db_index=False,
        verbose_name=_("habit"),
    )
    envelope = models.ForeignKey(
        Envelope,
        on_delete=models.DO_NOTHING,
        related_name="reminders",
        null=True,
        db_constraint=False,
        db_index=False,
        verbose_name=_("envelope"),
    )
    due_at = models.DateTimeField(_("due at"))
    settled_at = models.DateTimeField(_("settled at"), null=True)
    # Telegram's number of the message in the person's chat; several reminders may share one.
    message_id = models.BigIntegerField(_("message id"), null=True)
    # The local date that the occurrence belongs to, which an answer is about.
    date = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.OCCURRENCE)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    error = models.TextField(_("error"), null=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            # Makes planning twice harmless. Also serves the habit's cascade and its waiting reminders.
            models.UniqueConstraint(fields=["habit", "due_at"], name="one_reminder_for_a_habit_and_moment"),
            check("reminder_state_is_known", Q(state__in=["waiting", "sent", "missed", "failed", "cancelled"])),
            check("reminder_kind_is_known", Q(kind__in=["occurrence", "snooze"])),
            check(
                "waiting_reminder_travels_in_an_envelope",
                Q(state="waiting", envelope__isnull=False) | ~Q(state="waiting") & Q(envelope__isnull=True),
            ),
            check(
                "settled_reminder_has_its_moment",
                Q(state="waiting", settled_at__isnull=True) | ~Q(state="waiting") & Q(settled_at__isnull=False),
            ),
            check("only_a_sent_reminder_has_a_message", Q(state="sent") | Q(message_id__isnull=True)),
            check("failed_reminder_keeps_its_error", ~Q(state="failed") | Q(error__isnull=False)),
        ]
        indexes = [
            # reminders.claims: what is in an envelope. Final reminders are in none, so it stays small.
            models.Index(
                fields=["envelope"],
                name="reminders_in_envelopes",
                condition=Q(envelope__isnull=False),
            ),
            # Operators: what failed, the latest first.
            models.Index(
                fields=["-settled_at"],
                name="reminders_failed",
                condition=Q(state="failed"),
            ),
            # reminders.queries: what was due lately. Rows arrive in this order, so a few kilobytes index millions of
            # them. It cannot tell what is old once deleted rows' space is used again (reminders.pruning).
            BrinIndex(fields=["due_at"], name="reminders_by_age", pages_per_range=32),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"


class ChannelInUse(models.Model):
    """The one row that says which channel everyone is planned for, and how far a move to another has come."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(_("channel"), max_length=20)
    # While everyone is re-planned for another channel: its name, and the last habit that is done.
    moving_to = models.CharField(_("moving to"), max_length=20, null=True)
    moved_past = models.BigIntegerField(_("moved past habit"), null=True)

    class Meta:
        verbose_name = _("channel in use")
        verbose_name_plural = _("channel in use")
        constraints = [
            check("there_is_one_channel_in_use", Q(id=1)),
            check(
                "a_move_to_another_channel_knows_how_far_it_is",
                Q(moving_to__isnull=True, moved_past__isnull=True)
                | Q(moving_to__isnull=False, moved_past__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
