"""Every address of the service."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config.api import api
from telegram.ask_page import ask_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("api/auth/", include("allauth.headless.urls")),
    path("api/", api.urls),
    path("user/get_chat_id/<int:pk>", ask_page),
    path("user/get_chat_id/<int:pk>/", ask_page),
]
