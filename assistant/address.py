"""The address at which the page listens."""

from __future__ import annotations

import errno
import socket

from assistant.errors import AssistantError


class AddressError(AssistantError):
    """The page cannot be served at the address asked for."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that already listens, so that nobody can take the port while the assistant opens.

    Raises:
        AddressError: the port is in use, not allowed, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise AddressError(_address_problem(host, port, error)) from error
    return listener


def _address_problem(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"端口 {port} 已被其他程序占用，网页没有启动；请关闭那个程序，或换一个端口：python app.py --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"端口 {port} 不允许普通用户使用，网页没有启动；请换一个 1024 以上的端口：python app.py --port 7860"
    return f"地址“{host}:{port}”不能使用（{error.strerror}），网页没有启动；请检查 --host 或 POLICY_HOST"


def url_of(listener: socket.socket) -> str:
    """The address for a browser on this machine."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
