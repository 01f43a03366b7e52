"""Calls one address over and over, one call after the other on one connection: `python -m benchmarks.caller`.

Reads what to do as one line of JSON for each round, from standard input: `[port, method, path, headers, body, times]`.
Says how it went as one line each: `[seconds, the last answer's status, its body]`.
"""

import http.client
import json
import sys
import time


def call(port: int, method: str, path: str, headers: dict[str, str], body: str | None, times: int) -> list[object]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    status, text = 0, b""
    began = time.perf_counter()
    for _ in range(times):
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        status, text = response.status, response.read()
        if status >= 400:
            break
    seconds = time.perf_counter() - began
    connection.close()
    return [seconds, status, text.decode()]


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(call(*json.loads(line))), flush=True)
