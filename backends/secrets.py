"""The access token of a remote server: from an environment variable or the system's keyring, never from a command line.

It goes into a request header and nowhere else: not into settings, logs, errors or the list of processes.
"""

from __future__ import annotations

import os

from ..config import ServerSettings
from ..errors import ConfigError
from ..redaction import remember_secret

_SERVICE = "ayllu"


def access_token(name: str, table: ServerSettings, usual: str | None = None) -> str | None:
    """The access token for the backend `name`, `None` where it needs none; `usual` is the variable such servers' are in.

    Raises:
        ConfigError: one is needed and there is none.
    """
    variable = table.token_env or usual
    if variable is None and not table.keyring:
        return None
    token = (os.environ.get(variable) if variable else None) or _from_keyring(name, required=table.keyring)
    if not token:
        where = " or ".join([*([variable] if variable else []), "the system's keyring"])
        raise ConfigError(
            f"The backend `{name}` takes its token from {where}, and there is none.",
            hint=f"export {variable}=…, or `keyring set {_SERVICE} {name}`."
            if variable
            else f"Run `keyring set {_SERVICE} {name}`.",
        )
    if not token.isascii() or not token.strip().isprintable():  # what would be two lines of a header
        raise ConfigError(
            f"The backend `{name}` takes its token from {variable or 'the keyring'}, which holds none.",
            hint="A token is one line of letters, digits and signs.",
        )
    remember_secret(token.strip())
    return token.strip()


def _from_keyring(name: str, *, required: bool) -> str | None:
    """What the keyring holds under our name, where there is a keyring. `required`: the settings say that there is."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        if required:
            raise ConfigError(
                f"The backend `{name}` takes its token from the system's keyring, which needs the `keyring` package.",
                hint="`pip install keyring`, or set `token_env` instead.",
            ) from error
        return None
    try:
        token: str | None = keyring.get_password(_SERVICE, name)
    except KeyringError as error:
        if required:
            raise ConfigError(
                f"The system's keyring cannot be read: {type(error).__name__}.", hint="Unlock it, or set `token_env`."
            ) from error
        return None
    return token
