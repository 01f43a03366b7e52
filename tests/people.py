"""The cast: Alice, her friend Bob, and Charlie, a stranger to both."""

from typing import Any

from accounts.models import Person
from accounts.tokens import sign_in


def make_person(name: str = "Alice", **fields: Any) -> Person:
    """A person without a password (give one where the test signs in by it)."""
    fields.setdefault("email", f"{name.lower()}@example.org")
    fields.setdefault("display_name", name)
    return Person.objects.create_user(**fields)


def bearer(person: Person) -> dict[str, str]:
    """Headers that sign a request in: `client.get("/api/v1/me", headers=bearer(alice))`."""
    return {"Authorization": f"Bearer {sign_in(person).access_token}"}
