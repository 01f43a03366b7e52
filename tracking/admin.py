"""Answers in the admin, under the same rules as everywhere: its forms call `tracking.services`."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.timezone import now

from contract.errors import Refused
from habits.models import Habit
from tracking import services
from tracking.models import CheckIn
from tracking.rules import checked, today


class CheckInForm(forms.ModelForm[CheckIn]):
    class Meta:
        model = CheckIn
        fields = ("habit", "date", "status", "note")

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            habit, told = self.habit(), self.told()
            try:
                checked(habit, **told, today=today(habit.owner, now()))
            except Refused as refused:
                for error in refused.errors:
                    self.add_error(error.field if error.field in self.fields else None, str(error.message))
        return self.cleaned_data

    def _post_clean(self) -> None:
        """The instance is neither filled nor checked here: the services do both."""

    def habit(self) -> Habit:
        return self.instance.habit if self.instance.pk else self.cleaned_data["habit"]

    def told(self) -> dict[str, Any]:
        date = self.instance.date if self.instance.pk else self.cleaned_data["date"]
        return {"date": date, "status": self.cleaned_data["status"], "note": self.cleaned_data["note"] or None}


@admin.register(CheckIn)
class CheckInAdmin(admin.ModelAdmin[CheckIn]):
    form = CheckInForm
    list_display = ("id", "habit", "date", "status", "note", "source", "answered_at")
    list_select_related = ("habit",)
    # By habit, and a page at a time: counting millions of rows would be felt by everyone.
    search_fields = ("=habit__id",)
    ordering = ("-pk",)
    show_full_result_count = False
    raw_id_fields = ("habit",)
    # One after the other, so that each refusal is told.
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: CheckIn | None = None) -> tuple[str, ...]:
        return ("habit", "date", "source", "answered_at") if obj else ()

    def save_model(self, request: HttpRequest, obj: CheckIn, form: CheckInForm, change: bool) -> None:
        habit = form.habit()
        saved = services.check_in(
            person=habit.owner, habit_id=habit.pk, source=CheckIn.Source.ADMIN, now=now(), **form.told()
        )
        obj.pk = saved.pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: CheckIn) -> None:
        habit = obj.habit
        services.take_back(person=habit.owner, habit_id=habit.pk, date=obj.date, now=now(), undoable=False)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refused:  # the habit went or changed, or midnight passed, meanwhile
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
