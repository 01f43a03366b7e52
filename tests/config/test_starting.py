"""What a process imports as it starts: aiogram takes seconds to build its types, and the bot alone needs them."""

import subprocess
import sys

import pytest
from django.conf import settings


@pytest.mark.parametrize("part", ["config.wsgi", "config.celery"])
def test_web_worker_and_beat_start_without_aiogram(part: str) -> None:
    code = (
        "import sys, django\n"
        "from django.core.handlers.wsgi import WSGIHandler\n"
        "from django.urls import get_resolver\n"
        f"import {part}\n"
        "django.setup(); WSGIHandler(); get_resolver().url_patterns\n"
        "print(*sorted(name for name in sys.modules if name.partition('.')[0] == 'aiogram'))"
    )
    started = subprocess.run(
        [sys.executable, "-c", code],
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": settings.SECRET_KEY, "PATH": ""},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert started.stdout.split() == []
