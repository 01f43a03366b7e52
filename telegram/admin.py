"""Operators look; whom a chat belongs to is settled in that chat."""

from django.contrib import admin
from django.http import HttpRequest

from telegram.models import Chat


@admin.register(Chat)
class ChatAdmin(admin.ModelAdmin[Chat]):
    list_display = ("chat_id", "username", "person", "linked_at", "blocked_at", "seen_at")
    list_select_related = ("person",)
    search_fields = ("=chat_id", "=username", "=person__email")
    ordering = ("-pk",)
    show_full_result_count = False

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Chat | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Chat | None = None) -> bool:
        return False
