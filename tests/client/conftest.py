import pytest

from tests.client.program import CLIENT


@pytest.fixture(scope="session")
def compiled() -> None:
    if not (CLIENT / "build" / "tour" / "main.js").exists():
        pytest.fail(
            "The client is not compiled: run `make client`, or `make test-client` for all of it.", pytrace=False
        )
