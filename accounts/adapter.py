"""How allauth's sign-up, verification and mails fit this service."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal import flows  # noqa: F401 (its stages import each other; this way round it works)
from allauth.account.stages import EmailVerificationStage
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import get_language

from accounts.models import Person
from contract.callers import caller_of

EMAIL_LENGTH = 254


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.SIGNUP_OPEN

    def get_login_stages(self) -> list[str]:
        own = {"allauth.account.stages.EmailVerificationStage": "accounts.adapter.VerifyEmailWhereMailIsSent"}
        return [own.get(stage, stage) for stage in super().get_login_stages()]

    def clean_email(self, email: str) -> str:
        # allauth would cut a longer one off.
        MaxLengthValidator(EMAIL_LENGTH)(email)
        cleaned: str = super().clean_email(email)
        return cleaned

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        user.language = form.cleaned_data["language"] or get_language() or settings.LANGUAGE_CODE
        if form.cleaned_data["timezone"]:
            user.timezone, user.timezone_told = form.cleaned_data["timezone"], True
        saved: Person = super().save_user(request, user, form, commit)
        return saved

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whom rate limits count."""
        return caller_of(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Whose wrong passwords are counted. allauth adds the Host header, and its port is whatever the caller says."""
        login: str = credentials.get("email") or credentials.get("username") or ""
        return login.lower()

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        # All or nothing: the profile refuses an address that somebody has who never proved it.
        with transaction.atomic():
            confirmed: bool = super().confirm_email(request, email_address)
        return confirmed

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the person's profile, as the bot speaks too."""
        person = context.get("user") or Person.objects.filter(email=email.lower()).only("language").first()
        with translation.override(person.language if person else get_language()):
            super().send_mail(template_prefix, email, context)

    def send_account_already_exists_mail(self, email: str) -> None:
        # allauth's own puts front-end addresses in, and this service knows of no front end.
        self.send_mail("account/email/account_already_exists", email, {})


class VerifyEmailWhereMailIsSent(EmailVerificationStage):  # type: ignore[misc]  # allauth is untyped
    """Signing in demands a verified address only where a mail server can carry the code."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if not settings.HAS_SMTP:
            return None, True
        response: tuple[HttpResponse | None, bool] = super().handle()
        return response
