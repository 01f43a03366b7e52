"""Every operation of the document, called by machine: what comes back is what the document says, and never a 500."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import Person
from config.wsgi import application
from tests.people import bearer

document = (
    schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    .exclude(path_regex="^/user/")  # a page for browsers
    .exclude(operation_id="eraseProfile")  # it would end the caller
)


@pytest.mark.django_db(transaction=True)
@document.parametrize()
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_it_answers_as_documented(case: Any, alice: Person) -> None:
    signed_in = bearer(alice) if case.path.startswith("/api/v1/") else {}
    response = case.call(headers={**signed_in, "Host": "localhost"})
    assert response.status_code != 500
    checks = [status_code_conformance, content_type_conformance, response_schema_conformance]
    case.validate_response(response, checks=checks)
