"""What the bot keeps of a conversation: which updates were handled, and the habit that somebody is telling."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contract.constraints import check
from telegram.models import Chat


class Step(models.TextChoices):
    """What the bot waits for of a draft; the fields are the habit's."""

    OFFERED = "offered"  # a tap, to make a habit of what was written
    SENTENCE = "sentence"
    ACTION = "action"
    TIME = "time"
    PLACE = "place"
    FREQUENCY = "frequency"
    DURATION = "duration"
    PRIZE = "prize"
    PLEASANT = "pleasant"  # what the new pleasant habit is, that shall be the prize
    MADE = "made"  # nothing: the habit stands, and what was heard last, should it come again, makes no second one


class HandledUpdate(models.Model):
    """Telegram brings an update again until it was told that it arrived."""

    bot_id = models.BigIntegerField(_("bot"))
    update_id = models.BigIntegerField(_("update"))
    claimed_at = models.DateTimeField(_("claimed at"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("handled update")
        verbose_name_plural = _("handled updates")
        constraints = [models.UniqueConstraint(fields=["bot_id", "update_id"], name="an_update_is_handled_once")]
        # bot.tasks: what Telegram will not bring again, to be swept away.
        indexes = [models.Index(fields=["claimed_at"], name="handled_update_by_claim")]

    def __str__(self) -> str:
        return str(self.update_id)


class Draft(models.Model):
    """A habit that is being told in a chat, question by question. Kept here, so that a restart forgets nothing."""

    chat = models.OneToOneField(Chat, models.CASCADE, primary_key=True, related_name="draft")
    # The update that began it. Its buttons carry the number, so that those of an earlier draft are told apart.
    key = models.BigIntegerField()
    # The update that was heard last.
    heard = models.BigIntegerField()
    step = models.CharField(max_length=12, choices=Step.choices)
    content = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [check("draft_step_is_known", Q(step__in=Step.values))]
        # bot.tasks: drafts that nobody came back to.
        indexes = [models.Index(fields=["updated_at"], name="draft_by_age")]

    def __str__(self) -> str:
        return f"{self.chat_id}: {self.step}"
