"""What sign-up takes beside e-mail and password."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.models import Person
from contract.errors import RuleBroken


class SignupForm(forms.Form):
    """allauth puts its own fields (e-mail, password) on top of this form; accounts.adapter saves both together."""

    timezone = forms.CharField(
        required=False,
        max_length=rules.TIME_ZONE_LENGTH,
        help_text=_("IANA time zone, such as Europe/Moscow. Best taken from the browser."),
    )
    language = forms.CharField(required=False, max_length=2, help_text=_("en or ru; without it, Accept-Language."))

    def clean_timezone(self) -> str | None:
        return self._kept(rules.time_zone, self.cleaned_data["timezone"])

    def clean_language(self) -> str | None:
        return self._kept(rules.language, self.cleaned_data["language"])

    @staticmethod
    def _kept(rule: Callable[[str], str], value: Any) -> str | None:
        if not value:
            return None
        try:
            return rule(value)
        except RuleBroken as error:
            raise forms.ValidationError(str(error.errors[0].message), code=error.errors[0].code) from None

    def signup(self, request: HttpRequest, user: Person) -> None:
        """allauth demands it; everything is saved by then."""
