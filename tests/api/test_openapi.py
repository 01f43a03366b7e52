import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from openapi_spec_validator import OpenAPIV31SpecValidator

from config.openapi_auth import PATHS

SIGNS_OF_LIFE = {"/healthz": {"200"}, "/readyz": {"200", "503"}}
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document() -> Any:
    """As anyone gets it, without signing in."""
    response = Client().get("/api/openapi.json")
    assert response.status_code == 200
    return response.json()


def operations(document: Any) -> list[tuple[str, str, Any]]:
    found = [(path, method, item[method]) for path, item in document["paths"].items() for method in item]
    assert {method for _path, method, _operation in found} <= METHODS
    return found


def test_it_is_valid_openapi_3_1(document: Any) -> None:
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")


def test_it_is_written_in_english_whoever_reads_it(document: Any) -> None:
    assert Client().get("/api/openapi.json", headers={"Accept-Language": "ru"}).json() == document
    answers = document["components"]["responses"]
    assert answers["Problem404"]["description"] == answers["AuthError404"]["description"] == "Not found."


def test_it_names_no_other_host_and_no_machine(document: Any) -> None:
    assert document["servers"] == [{"url": "/"}]
    hosts = set(re.findall(r"https?://([^/\s\"\\`]+)", json.dumps(document)))
    assert {host for host in hosts if not re.search(r"(^|\.)(t\.me|example\.org)$", host)} == set()


def test_every_operation_is_described_and_has_an_id_of_its_own(document: Any) -> None:
    ids = [operation["operationId"] for _path, _method, operation in operations(document)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", name) for name in ids), ids
    for path, method, operation in operations(document):
        assert operation["summary"], (path, method)
        assert set(operation["tags"]) <= {tag["name"] for tag in document["tags"]}, (path, method)


def test_every_operation_says_what_it_answers_when_things_go_wrong(document: Any) -> None:
    for path, method, operation in operations(document):
        answers = set(operation["responses"])
        if path in SIGNS_OF_LIFE:
            assert set(operation["responses"]) == SIGNS_OF_LIFE[path]
            continue
        expected = {"500", "503"} if path.startswith("/api/") else {"404", "405", "429", "503"}
        if "requestBody" in operation:
            expected |= {"400", "413", "415"}
        if path.startswith("/api/v1/"):
            expected |= {"422"} | ({"404"} if "{" in path else set())
            # What needs no sign-in is limited, or has a secret of its own.
            expected |= {"401"} if "security" in operation or path.endswith("/webhook") else {"429"}
        assert expected <= answers, (path, method, expected - answers)
        assert any(status.startswith("2") or status == "401" for status in answers)


def test_every_error_of_ours_is_a_problem_document(document: Any) -> None:
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status < "400" or not path.startswith("/api/v1/"):
                continue
            assert answer["$ref"] == f"#/components/responses/Problem{status}", (path, method, status)
            answer = document["components"]["responses"][f"Problem{status}"]
            content = answer["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert content["example"]["status"] == int(status)


def test_every_body_has_an_example(document: Any) -> None:
    def has_example(schema: Any) -> bool:
        while "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        fields = schema.get("properties", {}).values()
        return bool(schema.get("examples") or schema.get("example")) or all(
            "examples" in field or "enum" in field for field in fields
        )

    for path, method, operation in operations(document):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            assert has_example(media["schema"]), (path, method)


def served(resolver: URLResolver, prefix: str = "/") -> set[str]:
    found: set[str] = set()
    for entry in resolver.url_patterns:
        path = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(entry.pattern))
        found |= served(entry, path) if isinstance(entry, URLResolver) else {path}
    return found


def test_it_documents_every_address_that_is_no_page_and_no_other(document: Any) -> None:
    api = {path for path in served(get_resolver()) if path.startswith(("/api/", "/user/", *SIGNS_OF_LIFE))}
    itself = {"/api/", "/api/docs", "/api/redoc", "/api/openapi.json"}
    # What allauth would serve although it is not set up here (test_auth_fuzz: 404).
    beside = {path for path in api if "/phone" in path or path.endswith("/code/confirm")}
    assert len(beside) == 4
    assert api - itself - beside == set(document["paths"])


@pytest.mark.django_db
def test_allauth_takes_exactly_the_methods_that_are_documented() -> None:
    for path, item in PATHS.items():
        for method in METHODS | {"head", "trace"}:
            response = Client().generic(method.upper(), path, b"{}", "application/json")
            assert (response.status_code == 405) == (method not in item), (path, method)
            if response.status_code == 405:
                assert set(response["Allow"].lower().split(", ")) == set(item)
