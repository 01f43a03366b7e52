"""Every address of the service."""

from functools import partial

from allauth.headless.constants import Client
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe
from ninja.openapi.views import openapi_json

from accounts.verification import VerifyEmail
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
    path("api/auth/app/v1/auth/email/verify", VerifyEmail.as_api_view(client=Client.APP)),
    path("api/auth/", include("allauth.headless.urls")),
    path("api/openapi.json", require_safe(partial(openapi_json, api=api))),  # django-ninja's takes any method
    path("api/", api.urls),
    path("user/get_chat_id/<str:pk>", ask_page),
    path("user/get_chat_id/<str:pk>/", ask_page),
]
