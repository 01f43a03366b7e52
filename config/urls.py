"""Every address of the service."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import admin_trail as admin_trail
from config import pages
from config.api import api
from telegram.ask_page import ask_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("healthz", pages.alive),
    path("readyz", pages.ready),
    path("admin/", admin.site.urls),
    path("api/docs", pages.swagger),
    path("api/redoc", pages.redoc),
    path("api/auth/", include("allauth.headless.urls")),
    path("api/", api.urls),
    path("user/get_chat_id/<str:pk>", ask_page),
    path("user/get_chat_id/<str:pk>/", ask_page),
]
