"""The way by hand, word for word as the README has it: one's own Redis, CREATE DATABASE, and six commands."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.conf import settings

from devservices.processes import Launcher
from devservices.servers import free_port
from tests.acceptance.someone import next_minute
from tests.acceptance.stack import TOKEN, FrontEnd, bot_api_process, wait_for
from tests.conftest import administer
from tests.devservices.test_bare_checkout import INSTALLED_WITHIN, check_out

pytestmark = [pytest.mark.bare, pytest.mark.timeout(3600)]

CHAT = 2001


@pytest.fixture
def database() -> Iterator[str]:
    name = f"by_hand_{uuid4().hex}"
    administer(f"CREATE DATABASE {name}")
    yield name
    administer(f"DROP DATABASE {name} WITH (FORCE)")


def test_it_reminds_by_hand_as_the_readme_says(folder: Path, database: str) -> None:
    readme = (settings.BASE_DIR / "README.md").read_text()
    checkout = check_out(folder / "habits")
    with Launcher() as launcher, bot_api_process(launcher) as bot_api:
        server = settings.DATABASES["default"]
        (checkout / ".env").write_text(
            f"POSTGRES_DB={database}\nPOSTGRES_USER={server['USER']}\nPOSTGRES_PASSWORD='{server['PASSWORD']}'\n"
            f"POSTGRES_HOST={server['HOST']}\nPOSTGRES_PORT={server['PORT']}\nREDIS_URL={settings.REDIS_URL}\n"
            f"TELEGRAM_BOT_TOKEN={TOKEN}\nTELEGRAM_API_URL={bot_api.url}\n"
        )
        # Nothing but `.env` tells it anything. The Python's own folder comes first, as after `. venv/bin/activate`.
        python = Path(sys._base_executable)  # type: ignore[attr-defined]
        path = os.pathsep.join([str(checkout / "venv/bin"), str(python.parent), os.environ["PATH"]])
        environment = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "LANG"))}
        environment |= {"PATH": path, "HOME": str(folder), "PYTHONUNBUFFERED": "1"}
        port = free_port()

        def carry_out(command: str) -> None:
            assert command in readme
            subprocess.run(command.split(), cwd=checkout, env=environment, check=True, timeout=INSTALLED_WITHIN)

        def start(command: str, *more: str) -> None:
            assert command in readme
            with (folder / "by-hand.log").open("ab") as log:
                # A launcher adds to this process's own environment, and `env -i` takes that away.
                alone = ["env", "-i", *(f"{name}={value}" for name, value in environment.items())]
                launcher.start(command, [*alone, *command.split(), *more], cwd=checkout, output=log)

        carry_out("python -m venv venv")
        carry_out("pip install -r requirements.txt")
        carry_out("python manage.py migrate")
        start("python manage.py runserver", str(port))
        start("celery -A config worker -l INFO")
        start("celery -A config beat -l INFO -S django")
        start("python manage.py bot")
        person = FrontEnd(port)
        wait_for(lambda: ready(person), what=f"everything ready; see {folder}")

        person.sign_up("alice@example.org", timezone="UTC", language="en")
        link = person.expect(201, "POST", "/api/v1/telegram/link")
        (token,) = parse_qs(urlsplit(link["url"]).query)["start"]
        bot_api.write(CHAT, f"/start {token}")
        bot_api.calls("sendMessage", chat_id=CHAT, at_least=1)
        habit = {
            "action": "stretch",
            "time": f"{next_minute(ahead=20):%H:%M}",
            "place": "at home",
            "reward": "a cup of tea",
        }
        person.expect(201, "POST", "/api/v1/habits", habit)
        wait_for(
            lambda: any("stretch" in call.text for call in bot_api.calls("sendMessage", chat_id=CHAT)),
            what="the reminder in the chat",
        )


def ready(person: FrontEnd) -> bool:
    try:
        return person.call("GET", "/readyz").status == 200
    except OSError:
        return False
