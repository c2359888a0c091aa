"""Image files: told by their content, checked by reading them, and freed of all but the picture.

What programs write beside a picture (who or what made it, with which words, where) may name a
model, so it does not stay. Nothing is drawn anew for that: blocks that are not needed are left
out, so the picture is the same to the bit, and the same file always gives the same bytes.
"""

import functools
import hashlib
import io
import struct
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from evalkit.errors import RefusedError

#: No image is larger, before or after: browsers of annotators load every one of a case.
MAX_IMAGE_BYTES = 10 * 1024 * 1024
#: A small file may be a picture that no memory holds.
MAX_PIXELS = 50_000_000

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif")

_PNG = b"\x89PNG\r\n\x1a\n"
#: The picture, its colours, its transparency, and the pictures of a moving one.
_PNG_CHUNKS = frozenset(
    b"IHDR PLTE tRNS IDAT IEND gAMA cHRM sRGB sBIT bKGD pHYs acTL fcTL fdAT".split()
)
_WEBP_CHUNKS = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"))
#: Flags of a WebP that say a colour profile, EXIF or XMP follows.
_WEBP_OTHERS = 0x20 | 0x08 | 0x04
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image as it is stored: named by the SHA-256 of its bytes."""

    content: bytes
    media_type: str
    width: int
    height: int

    @property
    def content_hash(self) -> str:
        """Return what it is named by."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def ending(self) -> str:
        """Return how the name of its file ends."""
        return "." + self.media_type.removeprefix("image/").replace("jpeg", "jpg")


@functools.lru_cache(maxsize=32)
def hash_of_data(data: bytes) -> str | None:
    """Return what an image that a record holds itself is named by; None if it is none."""
    try:
        return image_file(data, name="an image").content_hash
    except RefusedError:
        return None


def image_file(content: bytes, *, name: str) -> ImageFile:
    """Check the bytes of a file and leave nothing in them but the picture.

    Parameters
    ----------
    content : bytes
        Of a PNG, JPEG, WebP or GIF, whatever its name ends in.
    name : str
        What a refusal calls it.

    Returns
    -------
    ImageFile
        The same picture. Given back, it stays as it is. A JPEG that says it is to be turned is
        turned, and written anew for that.

    Raises
    ------
    RefusedError
        If it is no such image, is damaged, or is too large in bytes or pixels.
    """
    if len(content) > MAX_IMAGE_BYTES:
        raise RefusedError(f"{name} is larger than {MAX_IMAGE_BYTES >> 20} MiB.")
    kind, strip = _kind_of(content)
    if strip is None:
        raise RefusedError(f"{name} is no PNG, JPEG, WebP or GIF.")
    from PIL.Image import DecompressionBombError

    try:
        upright = _upright(content) if kind == "jpeg" else content
        stripped = strip(upright)
        width, height = _size(stripped, kind)
    except DecompressionBombError:
        raise RefusedError(f"{name} has more than {MAX_PIXELS:,} pixels.") from None
    except (OSError, ValueError, SyntaxError, IndexError, struct.error, EOFError):
        raise RefusedError(f"{name} is a damaged {kind.upper()}: it cannot be read.") from None
    if width * height > MAX_PIXELS:
        raise RefusedError(f"{name} has more than {MAX_PIXELS:,} pixels.")
    return ImageFile(stripped, f"image/{kind}", width, height)


def _kind_of(content: bytes) -> tuple[str, Callable[[bytes], bytes] | None]:
    if content.startswith(_PNG):
        return "png", _stripped_png
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg", _stripped_jpeg
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp", _stripped_webp
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return "gif", _stripped_gif
    return "", None


def _size(content: bytes, kind: str) -> tuple[int, int]:
    """Read a whole image as the library does, that nothing damaged is stored; return its size."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it says of size, we say ourselves
        with Image.open(io.BytesIO(content), formats=[kind.upper()]) as image:
            width, height = image.size
            if width * height <= MAX_PIXELS:
                image.load()
    return width, height


def _upright(content: bytes) -> bytes:
    """Turn a photo as it says it is to be seen; what says so goes with the rest."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
        is_turned = image.getexif().get(_ORIENTATION, 1) != 1
        if not is_turned or image.width * image.height > MAX_PIXELS:
            return content
        turned, made = ImageOps.exif_transpose(image), io.BytesIO()
        turned.save(made, "JPEG", quality=95)
    return made.getvalue()


def _stripped_png(content: bytes) -> bytes:
    parts, place = [_PNG], len(_PNG)
    while place < len(content):
        (length,) = struct.unpack_from(">I", content, place)
        name, end = content[place + 4 : place + 8], place + 12 + length
        if end > len(content):
            raise ValueError("cut off")
        if name in _PNG_CHUNKS:
            parts.append(content[place:end])
        place = end
        if name == b"IEND":
            break
    return b"".join(parts)


def _stripped_jpeg(content: bytes) -> bytes:
    """Leave out what applications write (all but the JFIF and Adobe heads) and comments."""
    parts, place = [content[:2]], 2
    while True:
        while content[place : place + 2] == b"\xff\xff":  # padding
            place += 1
        if content[place] != 0xFF:
            raise ValueError("no marker")
        marker = content[place + 1]
        if marker == 0xD9:
            return b"".join([*parts, b"\xff\xd9"])
        if marker in _STANDALONE:
            parts.append(content[place : place + 2])
            place += 2
            continue
        end = place + 2 + struct.unpack_from(">H", content, place + 2)[0]
        if marker == 0xDA:  # the picture: until the next marker that is none of its own
            end = _end_of_scan(content, end)
        is_left_out = (0xE1 <= marker <= 0xEF and marker != 0xEE) or marker == 0xFE
        if not is_left_out:
            parts.append(content[place:end])
        place = end


def _end_of_scan(content: bytes, place: int) -> int:
    while True:
        place = content.index(b"\xff", place)
        if content[place + 1] not in (0x00, 0xFF) and content[place + 1] not in _STANDALONE:
            return place
        place += 1 if content[place + 1] == 0xFF else 2


def _stripped_webp(content: bytes) -> bytes:
    parts, place = [], 12
    end_of_all = min(len(content), 8 + struct.unpack_from("<I", content, 4)[0])
    while place + 8 <= end_of_all:
        name, (length,) = content[place : place + 4], struct.unpack_from("<I", content, place + 4)
        end = place + 8 + length + length % 2
        chunk = content[place:end]
        if name == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_OTHERS]) + chunk[9:]
        if name in _WEBP_CHUNKS:
            parts.append(chunk)
        place = end
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _stripped_gif(content: bytes) -> bytes:
    head = 13 + _colours(content[10])
    parts = [content[:head], *_gif_blocks(content, head), b";"]
    return b"".join(parts)


def _gif_blocks(content: bytes, place: int) -> Iterator[bytes]:
    """Yield the pictures with how long each stands, and how often all are run through."""
    while content[place] != 0x3B:
        if content[place] == 0x2C:
            data = place + 10 + _colours(content[place + 9]) + 1
            end, is_wanted = _end_of_blocks(content, data), True
        elif content[place] == 0x21:
            end = _end_of_blocks(content, place + 2)
            is_loop = content[place + 1] == 0xFF and content[place + 3 : place + 14] in (
                b"NETSCAPE2.0",
                b"ANIMEXTS1.0",
            )
            is_wanted = content[place + 1] == 0xF9 or is_loop
        else:
            raise ValueError("no block")
        if is_wanted:
            yield content[place:end]
        place = end


def _colours(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_blocks(content: bytes, place: int) -> int:
    while content[place]:
        place += 1 + content[place]
    return place + 1
