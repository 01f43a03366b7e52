"""The machine that was measured on, in one line: what figures depend on, and nothing that names it."""

import os
import platform
import re
from pathlib import Path

import psycopg
import redis


def described(database_url: str, redis_url: str) -> str:
    with psycopg.connect(database_url) as connection:
        postgres = connection.info.server_version
    with redis.Redis.from_url(redis_url) as valkey:
        about = valkey.info("server")
    version = about.get("valkey_version") or about["redis_version"]
    return (
        f"{os.cpu_count()} cores of {processor()}, {memory()} GB of memory, {platform.system()}, "
        f"PostgreSQL {postgres // 10000}.{postgres % 10000}, Valkey {version}, Python {platform.python_version()}; "
        f"load {os.getloadavg()[0]:.1f} from other work when it began"
    )


def processor() -> str:
    """The kind of processor, where the system tells it."""
    file = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", file.read_text(), re.MULTILINE) if file.exists() else None
    return found[1].strip() if found else platform.processor() or platform.machine()


def memory() -> int:
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9)


def resident(pid: int | str = "self") -> float:
    """The resident memory of a process in MB; 0 where the system does not tell it this way."""
    file = Path(f"/proc/{pid}/status")
    found = re.search(r"VmRSS:\s+(\d+) kB", file.read_text()) if file.exists() else None
    return int(found[1]) / 1024 if found else 0.0
