"""The server as a process of its own. Prints its port, then serves until it is killed."""

import argparse
import asyncio
from contextlib import suppress

from tests.bot_api.server import Server, start


async def serve(options: argparse.Namespace) -> None:
    server = Server(latency=options.latency, rate=options.rate, chat_rate=options.chat_rate)
    _runner, port = await start(server, options.port)
    print(port, flush=True)  # noqa: T201
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bot_api", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--rate", type=float, help="messages a second for the bot; 429 beyond")
    parser.add_argument("--chat-rate", type=float, help="messages a second in a chat; 429 beyond")
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))
