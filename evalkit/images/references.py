"""Where messages refer to images, and how what they refer to is put in its place.

A part of a message is an image in any of the usual shapes: ``{"type": "image", "image": …}`` of
ours, ``image_url`` with a ``url``, or ``image`` with a ``source``. What it refers to is a name, a
path or an address, which is never loaded: it is looked up among the images that were uploaded.
"""

import base64
import binascii
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

#: Where images are, by their hashes; pages/routes/images.py answers there.
ADDRESS = "/image/"

_DATA = re.compile(r"data:[^,;]*((?:;[^,;]*)*),", re.IGNORECASE)
_HASH = re.compile(r"sha256:([0-9a-f]{64})")

#: Puts a new part in the place of one that is an image.
Change = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class ImageReference:
    """What a part refers to, with its description; ``data`` holds the image where it is here."""

    name: str
    alt: str
    data: bytes | None = None

    @property
    def content_hash(self) -> str | None:
        """Return the hash of an image that is referred to by it."""
        match = _HASH.fullmatch(self.name)
        return match[1] if match else None


def is_image(part: Any) -> bool:
    """Tell whether a part of a message is an image, whether it refers to something or not."""
    if not isinstance(part, Mapping) or isinstance(part.get("text"), str):
        return False
    return "image" in str(part.get("type"))


def reference_of(part: Any) -> ImageReference | None:
    """Return what a part of a message refers to; None if it is no image, or refers to nothing."""
    if not is_image(part):
        return None
    target, address = _target(part), address_of(part)
    alt = str(part.get("alt") or "")
    if isinstance(target, Mapping):
        alt = alt or str(target.get("alt") or "")
    if not address:
        return None
    if match := _DATA.match(address):
        written = address[match.end() :]
        is_base64 = ";base64" in match[1].lower()
        data = _decoded(written) if is_base64 else unquote_to_bytes(written)
        return ImageReference("", alt, data)
    return ImageReference(address, alt)


def address_of(part: Mapping[str, Any]) -> str:
    """Return what an image refers to as it is written, of one inside a record a ``data:`` URL."""
    target = _target(part)
    if isinstance(target, Mapping):
        if isinstance(target.get("data"), str):
            kind = str(target.get("media_type") or "image/png").partition(",")[0]
            return f"data:{kind};base64,{target['data']}"
        target = target.get("url")
    return target if isinstance(target, str) else ""


def description_of(part: Mapping[str, Any]) -> str:
    """Return how an image is described, also one that is placed."""
    reference = reference_of(part)
    return str(part.get("alt") or "") if reference is None else reference.alt


def references(messages: Any) -> Iterator[ImageReference]:
    """Yield what all parts of messages refer to."""
    for part in _parts(messages):
        if reference := reference_of(part):
            yield reference


def with_images(messages: Sequence[Any], change: Change) -> list[Any]:
    """Return messages with every part that is an image changed; the others as they are."""
    return [_changed(message, change) for message in messages]


def alone(content_hash: str, alt: str) -> dict[str, Any]:
    """Return the part that refers to an image by its hash, as a record has it."""
    part = {"type": "image", "image": f"sha256:{content_hash}"}
    return part | ({"alt": alt} if alt else {})


def is_exactly(name: str, path: str) -> bool:
    """Tell whether what records call ``name`` is the very path of a file."""
    return path in (name, _plain(name))


def files_called(name: str, paths: Collection[str]) -> list[str]:
    """Return the files that may be what records call ``name``, a path or an address.

    That is the one at this very path, else all whose paths are the end of it. However many there
    are, it takes as long.
    """
    plain = _plain(name)
    for path in (name, plain):
        if path in paths:
            return [path]
    parts = plain.split("/")
    ends = ("/".join(parts[place:]) for place in range(1, len(parts)))
    return [end for end in ends if end in paths]


def path_of(name: str) -> str:
    """Return a path within a folder of a file called so; empty for a hash, which needs none."""
    if ImageReference(name, "").content_hash is not None:
        return ""
    parts = _plain(name).rpartition("//")[2].split("/")
    above = [place + 1 for place, part in enumerate(parts) if part in ("", ".", "..")]
    return "/".join(parts[max(above, default=0) :])


def _target(part: Mapping[str, Any]) -> Any:
    return part.get("image", part.get("image_url", part.get("source")))


def _plain(name: str) -> str:
    return re.split(r"[?#]", name, maxsplit=1)[0].replace("\\", "/").removeprefix("./")


def _decoded(written: str) -> bytes:
    try:
        return base64.b64decode("".join(written.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield value
    inner = value.get("content") if isinstance(value, Mapping) else value
    if isinstance(inner, Mapping):
        yield from _parts(inner)
    elif isinstance(inner, list | tuple):
        for each in inner:
            yield from _parts(each)


def _changed(value: Any, change: Change) -> Any:
    if is_image(value):
        return change(value)
    if isinstance(value, list | tuple):
        return [_changed(each, change) for each in value]
    if isinstance(value, Mapping) and isinstance(value.get("content"), list | tuple | Mapping):
        return {**value, "content": _changed(value["content"], change)}
    return value
