"""An image among the parts of a message: drawn from our own store, or named as not there."""

import re
from collections.abc import Mapping
from typing import Any

from evalkit.images.references import ADDRESS, description_of
from evalkit.rendering.markdown import escape

_HASH = re.compile("[0-9a-f]{64}")


def render_image(part: Mapping[str, Any]) -> str:
    """Draw an image that is stored; of any other say that it is not, and to leads which it is.

    What a part refers to is never written for annotators: a name may name a model.
    """
    alt, content_hash = description_of(part), str(part.get("hash") or "")
    if _HASH.fullmatch(content_hash):
        size = 'class="ek-picture" loading="lazy"'
        return f'<p><img {size} src="{ADDRESS}{content_hash}" alt="{escape(alt or "Image")}"></p>'
    words = f"Image not available: {alt}" if alt else "Image not available"
    if part.get("name"):
        words += f". Upload it on Import records as {part['name']!s}"
    return f'<p><span class="ek-image">[{escape(words)}]</span></p>'


def raw_image(part: Mapping[str, Any]) -> str:
    """Return what stands for an image in the raw text, whether it is there or not."""
    alt = description_of(part)
    return f"[image: {alt}]" if alt else "[image]"
