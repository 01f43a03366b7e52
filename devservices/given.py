"""Servers that the environment names: they are used as they are, once they have answered."""

import psycopg
import redis

from config import environment
from devservices import Trouble
from devservices.machine import OLDEST_POSTGRES

PATIENCE_SECONDS = 5


def postgres() -> bool:
    """Whether DATABASE_URL or POSTGRES_HOST names a server. Raises Trouble where it does not answer.

    POSTGRES_DB, _USER and _PASSWORD alone are what containers need; they name no server.
    """
    name = next((name for name in ("DATABASE_URL", "POSTGRES_HOST") if environment.text(name)), None)
    if name is None:
        return False
    database = environment.database()
    try:
        with psycopg.connect(
            host=database["HOST"] or None,
            port=database["PORT"] or None,
            user=database["USER"] or None,
            password=database["PASSWORD"] or None,
            dbname=database["NAME"],
            connect_timeout=PATIENCE_SECONDS,
            **database.get("OPTIONS", {}),
        ) as connection:
            major = connection.info.server_version // 10000
    except psycopg.Error as error:
        reason = " ".join(str(error).split()) or "no answer"
        raise Trouble(
            f"{name} names a PostgreSQL that does not answer ({reason}): start it, or unset {name}."
        ) from None
    if major < OLDEST_POSTGRES:
        raise Trouble(f"{name} names a PostgreSQL {major}, and {OLDEST_POSTGRES} is the oldest that will do: unset it.")
    return True


def valkey() -> bool:
    """Whether REDIS_URL names a server. Raises Trouble where it does not answer."""
    address = environment.url("REDIS_URL", "redis", "rediss", "unix")
    if not address:
        return False
    try:
        with redis.Redis.from_url(address, socket_connect_timeout=PATIENCE_SECONDS) as connection:
            connection.ping()
    except (redis.RedisError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise Trouble(
            f"REDIS_URL names a Redis that does not answer ({reason}): start it, or unset REDIS_URL."
        ) from None
    return True
