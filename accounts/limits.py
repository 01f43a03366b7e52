"""Rate limits that count people, not addresses."""

from typing import ClassVar, Final

from django.conf import settings
from django.http import HttpRequest
from ninja import Router
from ninja.constants import NOT_SET

from accounts.signed_in import person_of
from contract.throttle import RequestsAMinute

WRITING: Final = {"POST", "PUT", "PATCH", "DELETE"}


class ByPerson(RequestsAMinute):
    whose: ClassVar[str] = "by one person"

    def get_ident(self, request: HttpRequest) -> str:
        return f"person-{person_of(request).pk}"


writes: Final = ByPerson("writes", settings.WRITES_A_MINUTE)


def limit_writes(router: Router) -> None:
    """Count what signed-in people change by the router's operations, all of it together, but where an operation has a
    limit of its own."""
    for view in router.path_operations.values():
        for operation in view.operations:
            is_signed_in = operation.auth_param is NOT_SET and router.auth is NOT_SET
            if is_signed_in and operation.throttle_param is NOT_SET and WRITING & set(operation.methods):
                operation.throttle_objects.append(writes)
