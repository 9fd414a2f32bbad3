"""A language model endpoint on loopback that says what a test tells it to, in OpenAI's protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Endpoint:
    """What the endpoint will say, one reply a request, the last one again and again; and what it was asked."""

    url: str = ""
    replies: list[str | int] = field(default_factory=list)  # a text, or the status of an error
    prompts: list[str] = field(default_factory=list)

    def next_reply(self) -> str | int:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def completion(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "scripted",
        "choices": [choice],
        "usage": usage,
    }


@contextmanager
def scripted_endpoint(*replies: str | int) -> Iterator[Endpoint]:
    endpoint = Endpoint(replies=list(replies))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            endpoint.prompts.append("\n".join(message["content"] for message in asked["messages"]))
            reply = endpoint.next_reply()
            is_error = isinstance(reply, int)
            body = json.dumps({"error": {"message": "scripted"}} if is_error else completion(str(reply)))
            self.send_response(reply if isinstance(reply, int) else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
