"""Where models are asked: an address, and the name of its key; the key itself is never kept."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evalkit.errors import RefusedError
from evalkit.names import name_key

OPENAI = "https://api.openai.com/v1"
OPENAI_KEY = "OPENAI_API_KEY"

#: The section of Streamlit's secrets that names the endpoints a page may ask.
SECTION = "endpoints"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible server. ``key_name`` names an environment variable or a secret."""

    base_url: str = OPENAI
    key_name: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no address, and one that holds a password, which would be stored."""
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise RefusedError(
                f"The base URL {self.base_url!r} is no address. Expected is one like {OPENAI}."
            )
        if parts.username or parts.password or parts.query:
            raise RefusedError(
                "The base URL holds a name, a password or a query, which would be stored. Name "
                "the environment variable that holds the key instead."
            )

    @property
    def host(self) -> str:
        """Return whom one asks there, as records name a provider."""
        parts = urlsplit(self.base_url)
        return parts.netloc

    def key(self) -> str | None:
        """Return the key, read anew each time; None where this endpoint asks for none.

        Raises RefusedError where the key is named and nowhere to be found.
        """
        if self.key_name is None:
            return None
        secret = os.environ.get(self.key_name) or _secrets().get(self.key_name)
        if not isinstance(secret, str) or not secret.strip():
            raise RefusedError(
                f"There is no key: neither the environment nor .streamlit/secrets.toml has "
                f"{self.key_name}. Set it where evalkit runs."
            )
        return secret.strip()


def endpoint_at(base_url: str | None, key_name: str | None) -> Endpoint:
    """Return an endpoint as one types it: OpenAI's, and OpenAI's key for it, unless named.

    Another address gets no key that was not named, so that none goes to a stranger.
    """
    base_url = (base_url or OPENAI).rstrip("/")
    return Endpoint(base_url, key_name or (OPENAI_KEY if base_url == OPENAI else None))


def configured_endpoints() -> dict[str, Endpoint]:
    """Return the endpoints that whoever runs evalkit named for its pages, by their names.

    They are named in Streamlit's secrets; OpenAI's is there by itself where its key is in the
    environment. Pages ask no others: who could type an address and the name of a variable into a
    page could have any secret of the server sent anywhere.
    """
    endpoints: dict[str, Endpoint] = {}
    if os.environ.get(OPENAI_KEY) or OPENAI_KEY in _secrets():
        endpoints["OpenAI"] = Endpoint(OPENAI, OPENAI_KEY, "OpenAI")
    section = _secrets().get(SECTION, {})
    for name, values in section.items() if isinstance(section, Mapping) else ():
        if isinstance(values, Mapping) and name_key(name):
            base_url = str(values.get("base_url", "")).rstrip("/")
            key_name = values.get("key_name")
            endpoints[name] = Endpoint(base_url, str(key_name) if key_name else None, name)
    return endpoints


def _secrets() -> dict[str, Any]:
    """Read Streamlit's secrets from where Streamlit reads them, without Streamlit."""
    secrets: dict[str, Any] = {}
    for folder in (Path.home(), Path.cwd()):
        path = folder / ".streamlit" / "secrets.toml"
        if path.is_file():
            secrets |= _parsed(path, path.stat().st_mtime_ns)
    return secrets


@cache
def _parsed(path: Path, _changed: int) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # what stands in it must not be told
        raise RefusedError(f"{path} cannot be read as TOML.") from None
