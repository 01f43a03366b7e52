"""What comes over the wire and goes back: parameters, answers, and scripted failures."""

import json
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import web

from tests.bot_api.world import Json


@dataclass
class Failure:
    """What a call of this method and chat (None: any) meets, `times` times (None: always). See `Control.fail`."""

    method: str | None = None
    chat_id: int | None = None
    times: int | None = 1
    latency: float = 0.0
    hang: bool = False
    reset: bool = False
    carried_out: bool = False
    status: int = 200
    body: str | None = None
    repeat: int = 1
    content_type: str = "application/json"
    answer: Json | None = None

    def meets(self, method: str, chat_id: int | None) -> bool:
        return self.times != 0 and self.method in (None, method) and self.chat_id in (None, chat_id)


def answer_with(status: int, body: Json) -> web.Response:
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")


async def params_of(request: web.BaseRequest) -> Json:
    """The parameters of a call: JSON, a form, or in the address."""
    params: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        params |= json.loads(body) if body else {}
    elif request.content_type.startswith("multipart/"):
        params |= dict(await request.post())
    else:
        params |= dict(parse_qsl((await request.read()).decode()))
    if isinstance(params.get("reply_markup"), str):
        params["reply_markup"] = json.loads(params["reply_markup"])
    return params
