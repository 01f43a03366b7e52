"""HEAD wherever GET is, and OPTIONS everywhere: what an address takes is told to whoever asks, before any sign-in.

django-ninja and allauth know neither. A preflight of CORS has been answered before it comes here.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse


class SafeMethods:
    """Around compression, so that HEAD tells the very headers that GET would."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_api = request.path_info.startswith("/api/")
        if not is_api and not request.path_info.startswith("/user/"):
            return self.get_response(request)
        response = self._headers(request) if is_api and request.method == "HEAD" else self.get_response(request)
        if response.status_code == 405 and response.has_header("Allow"):
            # What is refused names all that is taken; that is the whole answer to OPTIONS.
            response["Allow"] = _with_these(response["Allow"])
            if request.method == "OPTIONS":
                return HttpResponse(status=204, headers={"Allow": response["Allow"]})
        return response

    def _headers(self, request: HttpRequest) -> HttpResponseBase:
        request.method = "GET"
        try:
            response = self.get_response(request)
        finally:
            request.method = "HEAD"
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = ()
        elif isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response


def _with_these(allowed: str) -> str:
    methods = {method.strip() for method in allowed.split(",")} | {"OPTIONS"}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
