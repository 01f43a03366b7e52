"""Rate limits that count people, not addresses."""

from typing import ClassVar

from django.http import HttpRequest

from accounts.signed_in import person_of
from contract.throttle import RequestsAMinute


class ByPerson(RequestsAMinute):
    whose: ClassVar[str] = "by one person"

    def get_ident(self, request: HttpRequest) -> str:
        return f"person-{person_of(request).pk}"
