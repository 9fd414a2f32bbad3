"""A language model endpoint on loopback that says what a test tells it to, in OpenAI's protocol."""

from __future__ import annotations

import json
import selectors
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

_PIECE = 4
"""Characters: about the tokens that a model streams."""

_HELD, _READ = 20, 0.5
"""Seconds: the most that a reply is held; in which what was said is read, for a reset discards the rest."""


@dataclass(frozen=True)
class Reply:
    """What the endpoint does with one request."""

    text: str = ""
    status: int = 200  # 0 resets the connection before anything is said
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0  # seconds before anything comes
    pause: float = 0  # seconds before each piece
    held_at: str = ""  # words of the text before which the endpoint waits to be told to go on
    deltas: tuple[Mapping[str, Any], ...] = ()  # what comes before the text
    finish: str = "stop"  # the reason to end; "" resets the connection instead
    is_endless: bool = False  # the text comes again and again
    usage: int = 0  # tokens that the endpoint tells
    body: str = ""  # sent as it is, in the place of a stream

    def pieces(self) -> Iterator[Mapping[str, Any]]:
        yield {"role": "assistant", "content": ""}
        yield from self.deltas
        for _ in count() if self.is_endless else range(1):
            for start in range(0, len(self.text), _PIECE):
                yield {"content": self.text[start : start + _PIECE]}


@dataclass
class Endpoint:
    """What the endpoint will say, one reply a request, the last one again and again; and what it was asked."""

    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    refused_formats: frozenset[str] = frozenset()  # kinds of response_format that get status 400
    requests: list[dict[str, Any]] = field(default_factory=list)
    was_left: threading.Event = field(default_factory=threading.Event)  # a client closed before the end
    may_go_on: threading.Event = field(default_factory=threading.Event)
    is_closed: threading.Event = field(default_factory=threading.Event)

    @property
    def prompts(self) -> list[str]:
        return ["\n".join(message["content"] for message in asked["messages"]) for asked in self.requests]

    @property
    def formats(self) -> list[str]:
        """The kinds of structured output that were asked for, "" for none."""
        return [asked.get("response_format", {}).get("type", "") for asked in self.requests]

    def next_reply(self, asked: dict[str, Any]) -> Reply:
        self.requests.append(asked)
        if self.formats[-1] in self.refused_formats:
            return Reply(status=400)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    endpoint: Endpoint

    def do_POST(self) -> None:
        reply = self.endpoint.next_reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        try:
            self._wait(reply.delay)
            self._answer(reply)
        except OSError:
            self.endpoint.was_left.set()
            self.close_connection = True

    def _answer(self, reply: Reply) -> None:
        if not reply.status:
            return self._reset()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status == 200 and not reply.body:
            return self._stream(reply)
        return self._send(reply.body or json.dumps({"error": {"message": self._echo()}}))

    def _echo(self) -> str:
        """Endpoints repeat what was sent in their complaints."""
        return f"{self.endpoint.prompts[-1]} {self.headers['Authorization']}"

    def _send(self, text: str) -> None:
        body = text.encode()
        self.send_header("Content-Type", "text/event-stream" if text.startswith("data:") else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, reply: Reply) -> None:
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        said = ""
        for delta in reply.pieces():
            said += delta.get("content") or ""
            if reply.held_at and len(said) > reply.text.index(reply.held_at):
                self._hold()
            self._wait(reply.pause)
            self._event(json.dumps(_chunk(delta)))
        if reply.finish:
            self._event(json.dumps(_chunk({}, reply.finish, reply.usage)))
            self._event("[DONE]")
            self.wfile.write(b"0\r\n\r\n")
        else:
            self._wait(_READ)
            self._reset()

    def _event(self, data: str) -> None:
        event = f"data: {data}\n\n".encode()
        self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _hold(self) -> None:
        until = time.monotonic() + _HELD
        while time.monotonic() < until and not self.endpoint.may_go_on.is_set():
            self._wait(0.05)

    def _wait(self, seconds: float) -> None:
        """Waits, unless the client leaves or the test ends."""
        until = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:  # select() knows no more than 1024 files
            selector.register(self.connection, selectors.EVENT_READ)
            while (left := until - time.monotonic()) > 0 and not self.endpoint.is_closed.is_set():
                if selector.select(min(left, 0.02)) and not self.connection.recv(1, socket.MSG_PEEK):
                    raise ConnectionAbortedError

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""


def _chunk(delta: Mapping[str, Any], finish: str | None = None, usage: int = 0) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    head = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "scripted"}
    told = {"prompt_tokens": 1, "completion_tokens": usage, "total_tokens": usage + 1} if usage else None
    return {**head, "choices": [choice], "usage": told}


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Nothing on standard error: clients leave, and so does the handler."""


@contextmanager
def scripted_endpoint(
    *replies: str | int | Reply, refused_formats: tuple[str, ...] = ()
) -> Iterator[Endpoint]:
    """An endpoint that gives these replies: a text, the status of an error, or more precisely what to do."""
    endpoint = Endpoint(refused_formats=frozenset(refused_formats))
    endpoint.replies = [_reply(reply) for reply in replies]
    handler = type("Handler", (_Handler,), {"endpoint": endpoint})
    server = _Server(("127.0.0.1", 0), handler)
    endpoint.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield endpoint
    finally:
        endpoint.is_closed.set()
        server.shutdown()
        server.server_close()


def _reply(given: str | int | Reply) -> Reply:
    if isinstance(given, Reply):
        return given
    return Reply(status=given) if isinstance(given, int) else Reply(given)
