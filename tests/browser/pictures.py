"""A host of pictures on this machine, which writes down how it is asked."""

from __future__ import annotations

import http.server
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from PIL import Image


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (160, 90), "#4477aa").save(file, "PNG")
    return file.getvalue()


PICTURE = _picture()


class Pictures(http.server.BaseHTTPRequestHandler):
    """A host of pictures on this machine; with ``readable`` it lets pages read them."""

    readable: ClassVar[bool]
    asked: ClassVar[list[tuple[str, str | None, str | None]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.command, self.headers["Cookie"], self.headers["Referer"]))
        self.send_response(200)
        if self.readable:
            self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(PICTURE)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(PICTURE)

    do_HEAD = do_GET  # noqa: N815 - the names that http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@contextmanager
def pictures(*, readable: bool = True) -> Iterator[str]:
    Pictures.asked.clear()
    Pictures.readable = readable
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/boat.png"
    server.shutdown()
    server.server_close()
    thread.join()
