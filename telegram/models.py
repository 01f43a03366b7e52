"""A private chat with the bot; two ways for it to become a person's (a link token, a question answered Yes); and the
one-time codes that the bot gives for signing in elsewhere."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TELEGRAM_USERNAME
from contract.constraints import check


class Chat(models.Model):
    """A private chat that has written to the bot. Telegram tells of a chat once, so it is kept for strangers too."""

    # Telegram's own id: positive in a private chat, where it is also the user's id.
    chat_id = models.BigIntegerField(_("chat id"), primary_key=True)
    # Without the @, in lower case; it moves between chats, and the latest holder has it.
    username = models.CharField(_("username"), max_length=32, null=True, blank=True, unique=True)
    # What Telegram says of the user's language ("ru", "pt-br"): the bot's language for people it does not know.
    language_code = models.CharField(_("language code"), max_length=35, null=True, blank=True)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="chat",
        verbose_name=_("person"),
    )
    linked_at = models.DateTimeField(_("linked at"), null=True, blank=True)
    # Since when nothing reaches the chat: the bot was blocked, or the account deleted.
    blocked_at = models.DateTimeField(_("blocked at"), null=True, blank=True)
    # When the bot last asked here "Shall reminders of … come here?".
    asked_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    seen_at = models.DateTimeField(_("seen at"))

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chats")
        constraints = [
            check("chat_is_private", Q(chat_id__gt=0)),
            check("chat_username_is_normalized", Q(username__regex=TELEGRAM_USERNAME)),
            check(
                "chat_is_linked_since_a_moment_or_to_nobody",
                Q(person__isnull=True, linked_at__isnull=True) | Q(person__isnull=False, linked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"@{self.username}" if self.username else f"chat {self.chat_id}"


class LinkToken(models.Model):
    """A deep link's secret, kept as its SHA-256 only. A used one stays until it expires, so a replay can be told."""

    digest = models.CharField(_("digest"), max_length=64, primary_key=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="link_tokens", verbose_name=_("person")
    )
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    # A number rather than a foreign key: the chat may be erased with another person.
    used_by_chat_id = models.BigIntegerField(_("used by chat"), null=True, blank=True)

    class Meta:
        verbose_name = _("link token")
        verbose_name_plural = _("link tokens")
        constraints = [
            check("link_token_is_a_digest", Q(digest__regex=r"^[0-9a-f]{64}$")),
            check(
                "link_token_is_used_by_a_chat",
                Q(used_at__isnull=True, used_by_chat_id__isnull=True)
                | Q(used_at__isnull=False, used_by_chat_id__isnull=False),
            ),
        ]
        # telegram.tasks: tokens that have expired.
        indexes = [models.Index(fields=["expires_at"], name="link_token_by_expiry")]

    def __str__(self) -> str:
        return f"{self.digest[:8]}…"


class LinkQuestion(models.Model):
    """Whether a person's claim on a chat is right, as that chat answered. A No stands for good."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="link_questions", verbose_name=_("person")
    )
    chat = models.ForeignKey(Chat, models.CASCADE, related_name="link_questions", verbose_name=_("chat"))
    asked_at = models.DateTimeField(_("asked at"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    accepted = models.BooleanField(_("accepted"), null=True, blank=True)

    class Meta:
        verbose_name = _("link question")
        verbose_name_plural = _("link questions")
        constraints = [
            models.UniqueConstraint(fields=["person", "chat"], name="one_question_for_a_person_and_a_chat"),
            check(
                "link_question_is_answered_at_a_moment",
                Q(answered_at__isnull=True, accepted__isnull=True)
                | Q(answered_at__isnull=False, accepted__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class LoginCode(models.Model):
    """A one-time code of the bot's /login, kept as its keyed digest only. Codes of the last hour stay to be counted."""

    digest = models.CharField(_("digest"), max_length=64, primary_key=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="login_codes", verbose_name=_("person")
    )
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    # Neither used, nor replaced, nor void because the chat was parted from the person.
    is_live = models.BooleanField(_("live"), default=True)

    class Meta:
        verbose_name = _("sign-in code")
        verbose_name_plural = _("sign-in codes")
        constraints = [
            check("login_code_is_a_digest", Q(digest__regex=r"^[0-9a-f]{64}$")),
            models.UniqueConstraint(fields=["person"], name="one_live_login_code_a_person", condition=Q(is_live=True)),
        ]
        # telegram.tasks: codes that need not be counted any more.
        indexes = [models.Index(fields=["created_at"], name="login_code_by_creation")]

    def __str__(self) -> str:
        return f"{self.digest[:8]}…"
