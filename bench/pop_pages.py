"""The pages of the pop benchmark: many live sockets in one lean process, each arrival stamped.

    python -m bench.pop_pages PORT TOKENS   # a token a line; ends and prints when stdin closes

Prints "open" when every page shows its board, then one JSON list of [what, which, monotonic ns].
"""

import asyncio
import base64
import json
import os
import re
import sys
import time
from pathlib import Path

POPPED = re.compile(rb'"ev": "(call\.offered)".*?"call": "([^"]+)"', re.S)
CHANGED = re.compile(rb'"ev": "(board\.delta)".*?"pbx": \{"up": true, "since": (\d+)\}', re.S)
PING, PONG = 0x9, 0xA
AT_ONCE = 20

Seen = list[tuple[str, str, int]]


async def page(port: int, token: str, seen: Seen, shown: asyncio.Event) -> None:
    """Be one page until the server lets go."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Cookie: yingda={token}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in head.partition(b"\r\n")[0]:
        raise RuntimeError(head.decode())
    while True:
        kind, text = await _frame(reader)
        now = time.monotonic_ns()
        if kind == PING:
            writer.write(bytes((0x80 | PONG, 0x80 | len(text))) + bytes(4) + text)
        elif b'"board.snapshot"' in text[:40]:
            shown.set()
        elif (found := POPPED.search(text)) or (found := CHANGED.search(text)):
            seen.append((found[1].decode(), found[2].decode(), now))


async def _frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, second = await reader.readexactly(2)
    length = second & 0x7F
    if length > 125:
        length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
    return first & 0xF, await reader.readexactly(length)


async def run(port: int, tokens: list[str]) -> Seen:
    """Open all pages, then listen until stdin closes."""
    seen: Seen = []
    pages: list[asyncio.Task[None]] = []
    for start in range(0, len(tokens), AT_ONCE):
        shown = [asyncio.Event() for _ in tokens[start : start + AT_ONCE]]
        for token, event in zip(tokens[start : start + AT_ONCE], shown, strict=True):
            pages.append(asyncio.create_task(page(port, token, seen, event)))
        await asyncio.gather(*(event.wait() for event in shown))
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for each in pages:
        if each.done() and each.exception() is not None:
            seen.append(("cut", "", time.monotonic_ns()))
        each.cancel()
    return seen


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(int(sys.argv[1]), Path(sys.argv[2]).read_text().split()))))
