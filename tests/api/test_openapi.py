import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLResolver, get_resolver
from openapi_schema_validator import OAS31Validator, oas31_format_checker
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


def resolved(document: Any, node: Any) -> Any:
    """What a reference points at, or the node itself."""
    while "$ref" in node:
        _root, *path = node["$ref"].split("/")
        node = document
        for name in path:
            node = node[name]
    return node


def test_every_operation_is_described_and_has_an_id_of_its_own(document: Any) -> None:
    ids = [operation["operationId"] for _path, _method, operation in operations(document)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", name) for name in ids), ids
    for path, method, operation in operations(document):
        assert operation["summary"], (path, method)
        assert operation["description"], (path, method)
        assert "security" in operation, (path, method)
        assert set(operation["tags"]) <= {tag["name"] for tag in document["tags"]}, (path, method)
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (path, method, parameter["name"])


def undescribed(schema: Any, name: str) -> Iterator[str]:
    if "$ref" in schema:
        return
    if not schema.get("description"):
        yield name
    for field, inner in schema.get("properties", {}).items():
        yield from undescribed(inner, f"{name}.{field}")
    items = schema.get("items", {})
    for field, inner in items.get("properties", {}).items():
        yield from undescribed(inner, f"{name}[].{field}")


def test_every_schema_and_every_field_is_described(document: Any) -> None:
    assert [
        missing for name, schema in document["components"]["schemas"].items() for missing in undescribed(schema, name)
    ] == []


def test_every_operation_says_what_it_answers_when_things_go_wrong(document: Any) -> None:
    for path, method, operation in operations(document):
        answers = set(operation["responses"])
        if path in SIGNS_OF_LIFE:
            assert answers == SIGNS_OF_LIFE[path]
            continue
        expected = {"400", "500", "503"} if path.startswith("/api/") else {"404", "405", "429", "503"}
        if "requestBody" in operation:
            expected |= {"411", "413", "415"}
        if path.startswith("/api/v1/"):
            expected |= {"422"} | ({"404"} if "{" in path else set())
            # What needs no sign-in is limited, or has a secret of its own.
            expected |= {"401"} if operation["security"] else {"429"}
            parameters = {parameter["name"] for parameter in operation["parameters"]}
            expected |= {"412"} if "If-Match" in parameters else set()
        # A limit is told with its number, and nowhere else is there a 429 but for attempts at a code.
        assert ("Limited to " in operation["description"]) == ("429" in answers) or path.endswith("/email/verify")
        assert expected <= answers, (path, method, expected - answers)
        assert any(status.startswith("2") or status == "401" for status in answers)


def test_what_is_limited_says_when_to_come_again(document: Any) -> None:
    for path, method, operation in operations(document):
        for status in {"429"} & set(operation["responses"]):
            headers = resolved(document, operation["responses"][status])["headers"]
            assert headers["Retry-After"]["required"], (path, method)


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


def examples_of(media: Any, schema: Any) -> list[Any]:
    return [*([media["example"]] if "example" in media else []), *schema.get("examples", [])]


def assert_fits(document: Any, example: Any, schema: Any, where: Any) -> None:
    whole = schema | {"components": document["components"]}
    validator = OAS31Validator(whole, format_checker=oas31_format_checker)
    assert [error.message for error in validator.iter_errors(example)] == [], where


def test_every_body_and_every_answer_has_examples_that_fit_their_schemas(document: Any) -> None:
    for path, method, operation in operations(document):
        bodies = [(f"{method} {path}", resolved(document, operation.get("requestBody", {})))]
        answers = [
            (f"{status} of {method} {path}", resolved(document, answer))
            for status, answer in operation["responses"].items()
        ]
        for where, holder in bodies + answers:
            for media in holder.get("content", {}).values():
                schema = resolved(document, media["schema"])
                fields = schema.get("properties", {})
                examples = examples_of(media, schema)
                if not examples and fields and all("examples" in field for field in fields.values()):
                    examples = [{name: field["examples"][0] for name, field in fields.items()}]
                assert examples, where
                for example in examples:
                    assert_fits(document, example, schema, where)


def test_every_example_of_a_schema_or_a_parameter_fits_it(document: Any) -> None:
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", ()):
            assert_fits(document, example, schema, name)
        for field, inner in schema.get("properties", {}).items():
            for example in inner.get("examples", ()):
                assert_fits(document, example, inner, (name, field))
    for path, method, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            if "example" in parameter:
                assert_fits(document, parameter["example"], parameter["schema"], (path, method, parameter["name"]))


def test_every_link_leads_to_an_operation_and_gives_it_parameters_that_it_has(document: Any) -> None:
    by_id = {operation["operationId"]: operation for _path, _method, operation in operations(document)}
    links = [
        link
        for _path, _method, operation in operations(document)
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert links
    for link in links:
        target = by_id[link["operationId"]]
        assert set(link.get("parameters", ())) <= {parameter["name"] for parameter in target["parameters"]}
        assert ("requestBody" in link) <= ("requestBody" in target)


def test_the_file_in_docs_is_the_document_that_is_served(document: Any) -> None:
    file = json.loads((settings.BASE_DIR / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert file == document, "run `make openapi`, look at the difference and commit it"


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
        taken = {*item, "options"} | ({"head"} if "get" in item else set())
        for method in METHODS | {"head", "trace"}:
            response = Client().generic(method.upper(), path, b"{}", "application/json")
            assert (response.status_code == 405) == (method not in taken), (path, method)
            if response.status_code == 405:
                assert set(response["Allow"].lower().split(", ")) == taken


def test_every_201_tells_where_what_was_made_is(document: Any) -> None:
    made = [
        operation["responses"]["201"]
        for _path, _method, operation in operations(document)
        if "201" in operation["responses"]
    ]
    assert len(made) == 4
    assert all("Location" in answer["headers"] for answer in made)


def test_every_limited_operation_of_ours_tells_what_is_left(document: Any) -> None:
    for path, method, operation in operations(document):
        if not path.startswith("/api/v1/") or "429" not in operation["responses"]:
            continue
        good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        for answer in [*good, resolved(document, operation["responses"]["429"])]:
            assert {"RateLimit", "RateLimit-Policy"} <= set(answer["headers"]), (path, method)
