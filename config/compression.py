"""JSON of the API goes out compressed, where that pays and where nothing in it is worth guessing.

Compression lets somebody who can make a browser send what they choose, and who sees how long the answers are, guess
secrets in them (BREACH). Tokens therefore never go out compressed; the rest of the API is out of reach, as a browser
adds no access token by itself, and Django adds a random length on top.
"""

import re
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

# Bytes: what fits into one packet arrives no sooner for being shorter.
SHORTEST: Final = 1400
MEDIA_TYPES: Final = ("application/json", "application/problem+json")
_REFUSED: Final = re.compile(r"\bgzip\s*;\s*q=0(\.0*)?\s*(,|$)")


class Compression(GZipMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not _pays(request, response):
            return response
        if _REFUSED.search(request.headers.get("Accept-Encoding", "")):
            patch_vary_headers(response, ["Accept-Encoding"])
            return response
        return super().process_response(request, response)


def _pays(request: HttpRequest, response: HttpResponseBase) -> bool:
    is_api = request.path_info.startswith("/api/") and not request.path_info.startswith("/api/auth/")
    if not is_api or response.get("Content-Type", "").partition(";")[0] not in MEDIA_TYPES:
        return False
    if "no-store" in response.get("Cache-Control", ""):  # a secret
        return False
    return not isinstance(response, HttpResponse) or len(response.content) >= SHORTEST
