"""Habits in the admin, under the same rules as everywhere: its forms call `habits.services`."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.dates import WEEKDAYS
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from contract.errors import Refused
from habits import moderation, services
from habits.models import SHOWN, Habit, Report, Schedule


class HabitForm(forms.ModelForm[Habit]):
    weekdays = forms.TypedMultipleChoiceField(
        label=Habit._meta.get_field("weekdays").verbose_name,
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        coerce=int,
        required=False,
        empty_value=None,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_on = forms.DateField(
        label=Habit._meta.get_field("starts_on").verbose_name, required=False, widget=admin.widgets.AdminDateWidget
    )

    class Meta:
        model = Habit
        fields = (
            "owner",
            "action",
            "place",
            "time",
            "duration",
            "every_days",
            "weekdays",
            "starts_on",
            "is_pleasant",
            "reward",
            "related_habit",
            "is_public",
            "is_paused",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        related = self.fields.get("related_habit")
        if isinstance(related, forms.ModelChoiceField):
            related.queryset = Habit.objects.filter(is_pleasant=True)
            if self.instance.pk:
                related.queryset = related.queryset.filter(owner=self.instance.owner_id)
            else:  # the owner is not chosen yet: no list of everybody's
                related.widget = ForeignKeyRawIdWidget(Habit._meta.get_field("related_habit").remote_field, admin.site)

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            try:
                services.check_habit(person=self.owner(), habit_id=self.instance.pk, now=now(), **self.told())
            except Refused as refused:
                for error in refused.errors:
                    self.add_error(error.field if error.field in self.fields else None, str(error.message))
        return self.cleaned_data

    def _post_clean(self) -> None:
        """The instance is neither filled nor checked here: the services do both."""

    def owner(self) -> Person:
        return self.instance.owner if self.instance.pk else self.cleaned_data["owner"]

    def told(self) -> dict[str, Any]:
        """What the form says of the habit; of one that exists, only what was changed."""
        told = {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "owner" and (not self.instance.pk or name in self.changed_data)
        }
        if told.get("related_habit") is not None:
            told["related_habit"] = told["related_habit"].pk
        return told


class ScheduleInline(admin.TabularInline[Schedule, Habit]):
    """What the planner sees; it follows the habit."""

    model = Schedule
    fields = ("time", "every_days", "weekdays", "starts_on", "timezone", "next_at")
    readonly_fields = fields
    exclude = ("person",)
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Habit | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Habit | None = None) -> bool:
        return False


class ReportInline(admin.TabularInline[Report, Habit]):
    model = Report
    fields = ("reason", "person", "created_at")
    readonly_fields = fields
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Habit | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Habit | None = None) -> bool:
        return False


class Moderated(admin.SimpleListFilter):
    """What was reported and is still seen, and what is hidden."""

    title = _("moderation")
    parameter_name = "moderated"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, Any]]:
        return [("reported", _("reported")), ("hidden", _("hidden"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Habit]) -> QuerySet[Habit]:
        if self.value() == "reported":
            return queryset.filter(SHOWN, pk__in=Report.objects.values("habit"))
        return queryset.filter(hidden_at__isnull=False) if self.value() == "hidden" else queryset


@admin.register(Habit)
class HabitAdmin(admin.ModelAdmin[Habit]):
    form = HabitForm
    inlines = (ScheduleInline, ReportInline)
    actions = ("hide", "show_again")
    list_display = ("id", "action", "place", "time", "owner", "is_pleasant", "is_public", "is_paused", "created_at")
    list_display_links = ("id", "action")
    list_filter = (Moderated, "is_pleasant", "is_public", "is_paused")
    list_select_related = ("owner",)
    search_fields = ("action", "place", "owner__email")
    ordering = ("-id",)
    show_full_result_count = False
    raw_id_fields = ("owner",)

    def get_readonly_fields(self, request: HttpRequest, obj: Habit | None = None) -> tuple[str, ...]:
        return ("owner", "hidden_at", "version", "created_at", "updated_at") if obj else ()

    @admin.action(description=_("Hide from everyone but the owner"), permissions=["change"])
    def hide(self, request: HttpRequest, chosen: QuerySet[Habit]) -> None:
        self._moderate(request, chosen, moderation.hide, _("Hidden from everyone but the owner."))

    @admin.action(description=_("Let everyone see it again"), permissions=["change"])
    def show_again(self, request: HttpRequest, chosen: QuerySet[Habit]) -> None:
        self._moderate(request, chosen, moderation.show_again, _("Seen by everyone again."))

    def _moderate(self, request: HttpRequest, chosen: QuerySet[Habit], deed: Any, said: Any) -> None:
        changed = deed(habits=list(chosen.values_list("pk", flat=True)), now=now())
        for habit in changed:
            self.log_change(request, habit, str(said))
        self.message_user(request, f"{said} ({len(changed)})", messages.SUCCESS if changed else messages.WARNING)

    def save_model(self, request: HttpRequest, obj: Habit, form: HabitForm, change: bool) -> None:
        if change:
            saved = services.update_habit(person=form.owner(), habit_id=obj.pk, now=now(), **form.told())
        else:
            saved = services.create_habit(person=form.owner(), now=now(), **form.told())
        obj.pk = saved.pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Habit) -> None:
        services.delete_habit(person=obj.owner, habit_id=obj.pk, now=now(), undoable=False)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Habit]) -> None:
        # What points at a prize goes before it.
        for habit in queryset.select_related("owner").order_by("is_pleasant"):
            services.delete_habit(person=habit.owner, habit_id=habit.pk, now=now(), undoable=False)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refused:  # somebody was faster
            return self._say(request, refused)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().delete_view(request, *args, **kwargs)
        except Refused as refused:
            return self._say(request, refused)

    def _say(self, request: HttpRequest, refused: Refused) -> HttpResponse:
        for error in refused.errors:
            self.message_user(request, str(error.message), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin[Report]):
    """Read here, acted upon at the habit."""

    list_display = ("id", "habit", "reason", "person", "created_at")
    list_select_related = ("habit", "person")
    search_fields = ("=habit__id",)
    ordering = ("-id",)
    show_full_result_count = False

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Report | None = None) -> bool:
        return False
