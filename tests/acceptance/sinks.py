"""Where the service sends things to: a mail server and a Sentry of the tests' own, on threads of this process."""

import gzip
import json
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.acceptance.stack import wait_for


class Mails(socketserver.ThreadingTCPServer):
    """Takes every mail, and keeps its text."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Letterbox)
        self.texts: list[str] = []
        self.url = f"smtp://127.0.0.1:{self.server_address[1]}"

    def code(self, number: int) -> str:
        """The code in the `number`th mail."""
        wait_for(lambda: len(self.texts) >= number, what=f"mail {number}")
        (code,) = re.findall(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", self.texts[number - 1], re.MULTILINE)
        return str(code)


class Letterbox(socketserver.StreamRequestHandler):
    server: Mails

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.say("220 the tests' own")
        while command := self.rfile.readline():
            verb = command[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                mail = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.texts.append(message_from_bytes(mail, policy=default).get_content())
            if verb == b"QUIT":
                return self.say("221 bye")
            self.say("250 ok")
        return None


class Reports(ThreadingHTTPServer):
    """Takes what is sent to Sentry, and keeps it as text."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Collector)
        self.bodies: list[str] = []
        self.dsn = f"http://publickey@127.0.0.1:{self.server_address[1]}/1"

    def events(self) -> list[dict[str, Any]]:
        """The errors among them."""
        found = [json.loads(line) for body in self.bodies for line in body.splitlines() if line.startswith("{")]
        return [one for one in found if "exception" in one or "logentry" in one]


class Collector(BaseHTTPRequestHandler):
    server: Reports

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.bodies.append(body.decode())
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
