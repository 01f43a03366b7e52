"""The settings as they are, with the views by hand beside the API, and nobody refused for asking often."""

from config.settings import *  # noqa: F403 (all of them)

ROOT_URLCONF = "benchmarks.by_hand_urls"
PUBLIC_REQUESTS_A_MINUTE = 10**9
WRITES_A_MINUTE = 10**9
