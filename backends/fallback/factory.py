"""`fallback` as the settings describe it: every target of its order that is set up."""

from __future__ import annotations

from ...config import FallbackSettings
from ...errors import AylluError, ConfigError
from ..answering import EMBEDDED, is_addressed, no_address
from ..base import Backend, BackendContext
from ..errors import NotSetUp, UnknownBackend
from .backend import FallbackBackend
from .circuit import Policy
from .targets import Targets


def open_fallback(name: str, table: FallbackSettings, context: BackendContext) -> Backend:
    """A target that nobody has set up is passed over; one that cannot be opened is told of when its turn comes.

    Raises:
        ConfigError: a target is no backend, or asks others itself, or none of them can be asked.
    """
    opened: list[tuple[Backend, bool]] = []
    passed_over: dict[str, AylluError] = {}
    broken: dict[str, AylluError] = {}
    for target in dict.fromkeys(table.order):
        kind = context.settings.backend_table(target).kind
        if kind == "fallback":
            raise ConfigError(
                f"`{target}` in the order of `{name}` asks others itself.", hint=f"Leave it out of [backends.{name}]."
            )
        try:
            if not is_addressed(target, context.settings):
                raise no_address(target)
            opened.append((context.open_backend(target), kind not in EMBEDDED))
        except NotSetUp as error:
            passed_over[target] = error
        except UnknownBackend:
            raise
        except AylluError as error:
            broken[target] = error
    if not opened:
        reasons = [f"{target}: {error.message.rstrip('.')}" for target, error in (passed_over | broken).items()]
        raise ConfigError(
            f"None of the backends of `{name}` can be asked. {'. '.join(reasons)}.", hint="Set one up, or change `order`."
        )
    return FallbackBackend(name, Targets(opened, Policy.from_table(table), broken=broken), passed_over)
