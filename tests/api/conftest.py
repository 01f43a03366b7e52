import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_counted_requests(db: None) -> None:
    """allauth counts sign-ups and sign-ins by network address, and all tests come from one."""
    cache.clear()
