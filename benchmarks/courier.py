"""A courier in a process of its own, as a worker has one: `python -m benchmarks.courier --rate 1000 [--window 200]`.

It says that it is ready, waits for a word in Redis, so that several start together, delivers until nothing is left, and
says how much memory it holds.
"""

import argparse
import asyncio
import logging
import os
from typing import Final

import django
import redis

GO: Final = "benchmarks:go"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, required=True, help="messages a second, also beyond what Telegram has")
    parser.add_argument("--window", type=int)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    logging.disable(logging.INFO)  # the parent reads what is printed here
    from django.conf import settings

    # The environment allows no more than Telegram does. What the engine can do is measured beyond it.
    settings.TELEGRAM_RATE = options.rate
    from benchmarks.machine import resident
    from reminders.channels import current_channel
    from reminders.courier import Courier

    with redis.Redis.from_url(settings.REDIS_URL) as valkey:
        print("ready", flush=True)
        valkey.blpop([GO])

    async def deliver() -> None:
        await Courier(current_channel(), window=options.window).run(until_idle=True)

    asyncio.run(deliver())
    print(f"{resident():.0f}", flush=True)


if __name__ == "__main__":
    main()
