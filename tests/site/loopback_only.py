"""Keeps a process on this machine: looking up or connecting to any other host raises, and is noted."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

attempts: list[str] = []  # hosts that were reached for, since whoever reads it cleared it


class LeftThisMachine(RuntimeError):
    """Where a broad `except` hides it, `attempts` has it still."""


def is_loopback(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost") or name == socket.gethostname():
        return True
    try:
        address = ipaddress.ip_address(str(name).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def enforce(replace: Callable[[Any, str, Any], None] = setattr) -> None:
    """Put the guards in place with `replace(owner, name, value)`; names below `.invalid` (RFC 2606) do not resolve."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse(host: Any) -> None:
        attempts.append(str(host))
        raise LeftThisMachine(f"A test without the marker `model` reached for {host!r}.")

    def check(own: socket.socket, address: Any) -> None:
        if own.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
            refuse(address[0])

    def guarded_connect(own: socket.socket, address: Any) -> Any:
        check(own, address)
        return connect(own, address)

    def guarded_connect_ex(own: socket.socket, address: Any) -> Any:
        check(own, address)
        return connect_ex(own, address)

    def guarded_look_up(host: Any, *rest: Any, **options: Any) -> Any:
        if str(host).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not is_loopback(host):
            refuse(host)
        return look_up(host, *rest, **options)

    replace(socket.socket, "connect", guarded_connect)
    replace(socket.socket, "connect_ex", guarded_connect_ex)
    replace(socket, "getaddrinfo", guarded_look_up)
