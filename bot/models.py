"""Which updates were handled: Telegram brings one again until it was told that it arrived."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HandledUpdate(models.Model):
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
