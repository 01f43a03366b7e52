"""The files for Prometheus in deploy/: what they name exists."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import yaml
from django.conf import settings

from bot.metrics import UPDATES
from contract import metrics
from reminders.metrics import of_the_system

DEPLOY = settings.BASE_DIR / "deploy"
LABELS = {"le", "part", "job", "severity"}


def rules() -> Iterator[dict[str, Any]]:
    for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]:
        yield from group["rules"]


def shown() -> dict[str, metrics.Measure | None]:
    """Every series that the processes show, by name."""
    for module in ("config.http_metrics", "reminders.alive", "telegram.metrics"):
        import_module(module)  # which declares its measures
    names: dict[str, metrics.Measure | None] = {reading.name: None for reading in of_the_system()}
    for measure in metrics._declared:
        endings = ("_bucket", "_sum", "_count") if measure.kind == "Histogram" else ("",)
        names |= {f"{measure.name}{ending}": measure for ending in endings}
    return names


@pytest.mark.django_db
@pytest.mark.parametrize("rule", list(rules()), ids=lambda rule: rule["alert"])
def test_an_alarm_looks_at_what_is_shown(rule: dict[str, Any]) -> None:
    series, expression = shown(), rule["expr"]
    named = re.findall(r"\b(habits_\w+|up)\b", re.sub(r'"[^"]*"', "", expression))
    assert named
    assert set(named) <= set(series) | {"up"}
    known = LABELS | {label for name in named if (found := series.get(name)) for label in found.labels}
    used = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", expression)
    used += [word for words in re.findall(r"\bby \(([^)]*)\)", expression) for word in re.findall(r"\w+", words)]
    told = " ".join(rule["annotations"].values())
    used += re.findall(r"\$labels\.(\w+)", told)
    assert set(used) <= known
    for value in re.findall(r'outcome="(\w+)"', expression):
        assert value in UPDATES.known
    assert set(rule["annotations"]) == {"summary", "description"}
    assert rule["labels"]["severity"] in {"warning", "critical"}


@pytest.mark.skipif(
    not shutil.which("promtool"), reason="there is no promtool here (Debian's package prometheus has it)"
)
def test_alarms_sound_when_they_should_and_only_then() -> None:
    scenes = settings.BASE_DIR / "tests" / "config" / "alerts.test.yml"
    told = subprocess.run(["promtool", "test", "rules", scenes], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_alarm_is_heard_in_some_scene() -> None:
    """Of the scenes that promtool plays: no alarm may be added that nobody has ever heard."""
    scenes = (settings.BASE_DIR / "tests" / "config" / "alerts.test.yml").read_text()
    heard = set(re.findall(r'alertname="(Habits\w+)"', scenes))
    assert heard == {rule["alert"] for rule in rules()}


def test_every_alarm_has_a_name_of_its_own_and_stands_in_the_handbook() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) > 10
    handbook = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    assert set(re.findall(r"`(Habits\w+)`", handbook)) == set(names)


def test_prometheus_looks_where_the_containers_show_their_metrics() -> None:
    (job,) = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())["scrape_configs"]
    (where,) = job["dns_sd_configs"]
    services = yaml.safe_load((DEPLOY / "compose.prometheus.yaml").read_text())["services"]
    ports = {name: one["environment"]["METRICS_PORT"] for name, one in services.items() if "environment" in one}
    assert ports == dict.fromkeys(where["names"], str(where["port"]))
    # A label of the rules, which only relabelling gives.
    assert "part" in {one["target_label"] for one in job["relabel_configs"]}
