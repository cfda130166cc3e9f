"""A web server that only remembers what it was told, with the headers and the very bytes."""

import threading
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Sink:
    """Listens on loopback from the start; `received` and `paths` grow with every request.

    `answer` is the status and body that it gives from now on.
    """

    def __init__(self) -> None:
        self.received: list[tuple[Mapping[str, str], bytes]] = []
        self.paths: list[str] = []
        self.answer: tuple[int, bytes] = (204, b"")
        sink = self

        class Note(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length", "0"))
                sink.paths.append(self.path)
                sink.received.append((dict(self.headers.items()), self.rfile.read(size)))
                status, body = sink.answer
                self.send_response(status)
                if body:
                    self.send_header("Content-Length", str(len(body)))
                with suppress(ConnectionError):  # whoever asked was killed meanwhile
                    self.end_headers()
                    self.wfile.write(body)

            do_GET = do_POST

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Note)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
