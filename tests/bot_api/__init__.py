"""A Bot API server of the tests' own: real sockets, Telegram's semantics, and faults on demand.

    python -m tests.bot_api --port 0        prints the port it got; set TELEGRAM_API_URL=http://127.0.0.1:<port>

In a test: `with served() as bot_api:` (a thread of this process), or `Control(port)` for one in another process.
"""

from tests.bot_api.control import Call, Control
from tests.bot_api.server import served

__all__ = ["Call", "Control", "served"]
