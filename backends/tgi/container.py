"""Docker or podman, as far as one container of ours needs it. It is always called by its name, and no other is touched."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from typing import Literal

from ...errors import AylluError
from .launch import CONTAINER, LaunchCommand

RUNTIMES: tuple[Literal["docker", "podman"], ...] = ("docker", "podman")
_PATIENCE_S = 60.0
log = logging.getLogger(__name__)


class ContainerRuntimeFailed(AylluError):
    """There is no container engine, it does not answer, or it could not do what it was asked to."""

    kind = "engine_failed"


class ContainerRuntime:
    """A container runtime that is installed here."""

    def __init__(self, name: Literal["docker", "podman"], path: str) -> None:
        self.name = name
        self._path = path

    @classmethod
    def find(cls, wanted: Literal["docker", "podman"] | None = None) -> ContainerRuntime:
        """The wanted one, or the first that is installed.

        Raises:
            ContainerRuntimeFailed: there is none.
        """
        for name in (wanted,) if wanted else RUNTIMES:
            if path := shutil.which(name):
                return cls(name, path)
        raise ContainerRuntimeFailed(
            f"There is no container engine here: neither {wanted or ' nor '.join(RUNTIMES)} is installed."
            if not wanted
            else f"{wanted} is not installed.",
            hint="Install docker or podman, or run what `ayllu tgi command --launcher` prints where TGI is installed.",
        )

    def check(self) -> None:
        """
        Raises:
            ContainerRuntimeFailed: it is installed, but does not answer.
        """
        result = self._run("info")
        if result.returncode:
            raise ContainerRuntimeFailed(
                f"{self.name} is installed, but does not answer: {_last_line(result)}.",
                hint=f"Start it; `{self.name} info` says more.",
            )

    def has_image(self, image: str) -> bool:
        return self._run("image", "inspect", image).returncode == 0

    def pull(self, image: str) -> None:
        """Fetch an image; the runtime shows its own progress on stderr."""
        if self._run_visibly("pull", image):
            raise ContainerRuntimeFailed(
                f"The image {image} could not be fetched; {self.name} says why above.", hint="Try again."
            )

    def state(self) -> Literal["running", "stopped", "absent"]:
        result = self._run("container", "inspect", "--format", "{{.State.Running}}", CONTAINER)
        if result.returncode:
            return "absent"
        return "running" if result.stdout.strip() == "true" else "stopped"

    def start(self, command: LaunchCommand, environ: Mapping[str, str] = os.environ) -> None:
        """Run the container; one of that name that has stopped makes room first."""
        if self.state() == "stopped":
            self._run("rm", CONTAINER)
        env = {key: environ.get(value[1:], "") if value.startswith("$") else value for key, value in command.env.items()}
        started = self._run(*command.argv[1:], env={**environ, **env})
        if started.returncode:
            raise ContainerRuntimeFailed(
                f"{self.name} could not start the server: {_last_line(started)}.", hint="Mend that and run it again."
            )

    def logs(self, lines: int) -> list[str]:
        """The last lines that the container wrote; empty where there is none."""
        result = self._run("logs", "--tail", str(lines), CONTAINER)
        return [] if result.returncode else (result.stdout + result.stderr).splitlines()

    def follow(self, lines: int) -> int:
        """Show the container's lines as they come, on stderr, until it ends or the person stops it."""
        return self._run_visibly("logs", "--follow", "--tail", str(lines), CONTAINER)

    def stop(self) -> bool:
        """Stop and remove the container; whether there was one."""
        if self.state() == "absent":
            return False
        self._run("stop", CONTAINER)
        removed = self._run("rm", "--force", CONTAINER)
        if removed.returncode:
            raise ContainerRuntimeFailed(
                f"{self.name} could not remove {CONTAINER}: {_last_line(removed)}.", hint="Try again."
            )
        return True

    def _run(self, *words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        log.info("%s %s", self.name, " ".join(words))
        try:
            return subprocess.run(
                [self._path, *words],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                env=env,
                timeout=_PATIENCE_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ContainerRuntimeFailed(
                f"{self.name} {words[0]} did not end within {_PATIENCE_S:.0f} s.", hint="Restart it."
            ) from error
        except OSError as error:
            raise ContainerRuntimeFailed(
                f"{self._path} cannot be run: {error.strerror}.", hint="Install it anew."
            ) from error

    def _run_visibly(self, *words: str) -> int:
        log.info("%s %s", self.name, " ".join(words))
        return subprocess.run([self._path, *words], stdin=subprocess.DEVNULL, stdout=2, check=False).returncode


def _last_line(ended: subprocess.CompletedProcess[str]) -> str:
    lines: Sequence[str] = (ended.stderr.strip() or ended.stdout.strip()).splitlines()
    return lines[-1].rstrip(".") if lines else f"status {ended.returncode}"
