"""Who did what in the admin: Django keeps it anyway, and here it can be read, and by nobody be changed."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest


@admin.register(LogEntry)
class TrailAdmin(admin.ModelAdmin[LogEntry]):
    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag", "get_change_message")
    list_select_related = ("user", "content_type")
    search_fields = ("=user__email", "=object_id")
    list_filter = ("action_flag",)
    ordering = ("-id",)
    show_full_result_count = False

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: LogEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: LogEntry | None = None) -> bool:
        return False
