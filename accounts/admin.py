"""People, for those who run the service: the same rules and services as the API."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.admin_login import AdminLogin
from accounts.models import Person
from contract.errors import RuleBroken

PROFILE = ("display_name", "timezone", "language", "telegram_username")
CHANGED = (*PROFILE, "paused_until")
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")

admin.site.login_form = AdminLogin


class ByTheRules(forms.ModelForm[Person]):
    """Held to the rules of the profile; what is kept (a bare username, IANA's spelling) goes back into the form."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        changes = {name: cleaned[name] or None for name in PROFILE if name in cleaned}
        if "paused_until" in cleaned and "paused_until" in self.changed_data:
            # One that stays may be over.
            changes["paused_until"] = cleaned["paused_until"]
        try:
            cleaned |= services.kept(changes, timezone=self.instance.timezone, now=now())
        except RuleBroken as broken:
            for error in broken.errors:
                self.add_error(error.field, ValidationError(str(error.message), code=error.code))
        return cleaned


class ProfileForm(ByTheRules, UserChangeForm[Person]):
    pass


class NewPersonForm(ByTheRules, UserCreationForm[Person]):
    class Meta:
        model = Person
        fields = ("email", *PROFILE)

    def clean_email(self) -> str | None:
        email: str | None = self.cleaned_data["email"]
        return email.lower() if email else None


@admin.register(Person)
class PersonAdmin(UserAdmin[Person]):
    form = ProfileForm
    add_form = NewPersonForm
    list_display = ("__str__", "display_name", "timezone", "language", "telegram_username", "is_active", "created_at")
    list_filter = ("is_active", "is_staff", "language")
    search_fields = ("email", "display_name", "telegram_username")
    search_help_text = _("By e-mail, name or Telegram username")
    ordering = ("-id",)
    show_full_result_count = False
    # The address is proved by a code; allauth keeps what was proved, so it cannot be swapped here.
    readonly_fields = ("email", "timezone_told", "last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Profile"), {"fields": (*CHANGED, "timezone_told")}),
        (_("Permissions"), {"fields": ("is_active", *RIGHTS)}),
        (_("Dates"), {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", *PROFILE, "password1", "password2")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> Any:
        own = self.readonly_fields if obj else ()
        return own if _is_superuser(request) else (*own, *RIGHTS)

    # Django lets everybody who may change people make themselves a superuser, or take a superuser's password.

    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        changed = {name: getattr(obj, name) for name in CHANGED if name in form.changed_data}
        if not change:
            obj.timezone_told = "timezone" in changed
            obj.save()
            return
        # The profile goes through its service, which tells the planner; the rest is Django's own.
        others = [name for name in form.changed_data if name in {"is_active", "is_staff", "is_superuser"}]
        if others:
            obj.save(update_fields=others)
        if changed:
            services.update_profile(person=obj, changes=changed, now=now())

    def delete_model(self, request: HttpRequest, obj: Person) -> None:
        services.erase(person=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        for person in queryset:
            services.erase(person=person)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The people only: what they own may be thousands of rows, and all of it goes with them."""
        allowed = self.has_delete_permission(request) and all(_may_touch(request, person) for person in objs)
        forbidden = set() if allowed else {self.opts.verbose_name}
        return [str(person) for person in objs], {self.opts.verbose_name_plural: len(objs)}, forbidden, []


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _may_touch(request: HttpRequest, person: Person | None) -> bool:
    """Whether this person is of those whom this operator looks after: staff answer to superusers."""
    return person is None or not (person.is_staff or person.is_superuser) or _is_superuser(request)
