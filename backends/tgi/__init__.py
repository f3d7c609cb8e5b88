"""Text Generation Inference, by its own protocol: the backend, and the server that a person starts for it.

Nothing here needs the extra `tgi` but a `TGIBackend`.
"""

from .backend import DEFAULT_URL, TGIBackend, open_server
from .container import ContainerRuntime, ContainerRuntimeFailed
from .launch import CONTAINER, IMAGE, Launch, LaunchCommand, container_command, launcher_command
from .server import TGIServer
from .status import ServerLoad, check_health, parse_load, read_info, read_load

__all__ = [
    "CONTAINER",
    "DEFAULT_URL",
    "IMAGE",
    "ContainerRuntime",
    "ContainerRuntimeFailed",
    "Launch",
    "LaunchCommand",
    "ServerLoad",
    "TGIBackend",
    "TGIServer",
    "check_health",
    "container_command",
    "launcher_command",
    "open_server",
    "parse_load",
    "read_info",
    "read_load",
]
