"""Image files: what is stored of them is the picture, to the bit, and nothing beside it."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageOps, PngImagePlugin

from evalkit.errors import RefusedError
from evalkit.images import files
from evalkit.images.files import image_file

SECRET = b"made by model seven"
PICTURE = Image.linear_gradient("L").resize((24, 16)).convert("RGB")


def saved(form, picture=PICTURE, **options):
    made = io.BytesIO()
    picture.save(made, form, **options)
    return made.getvalue()


def with_secret(form):
    """Write a file with the secret in every place that its format has for such."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x0131] = SECRET.decode()
    if form == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("parameters", SECRET.decode())
        info.add_text("Comment", SECRET.decode(), zip=False)
        info.add_itxt("XML:com.adobe.xmp", SECRET.decode())
        return saved("PNG", pnginfo=info, exif=exif) + SECRET
    if form == "GIF":
        frames = [PICTURE.quantize(8), ImageOps.mirror(PICTURE).quantize(8)]
        options = {"save_all": True, "append_images": frames[1:], "duration": 90, "loop": 2}
        return saved("GIF", frames[0], comment=SECRET, **options) + SECRET
    if form == "WEBP":
        return saved("WEBP", exif=exif, xmp=SECRET, icc_profile=SECRET, lossless=True) + SECRET
    made = saved("JPEG", exif=exif, comment=SECRET, icc_profile=SECRET, xmp=SECRET)
    return made + SECRET


def pixels(content):
    with Image.open(io.BytesIO(content)) as image:
        frames = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            frames.append((image.info.get("duration"), image.convert("RGBA").tobytes()))
        return frames


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_what_stands_beside_a_picture_goes_and_the_picture_stays_to_the_bit(form):
    content = with_secret(form)
    assert content.count(SECRET) >= 2

    stored = image_file(content, name="a file")

    assert SECRET not in stored.content
    assert pixels(stored.content) == pixels(content)
    assert (stored.width, stored.height) == (24, 16)
    assert stored.media_type == f"image/{form.lower()}"
    with Image.open(io.BytesIO(stored.content)) as image:
        assert form != "GIF" or image.info["loop"] == 2
        assert not image.getexif()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_what_is_stored_stays_as_it_is_when_it_comes_back(form):
    once = image_file(with_secret(form), name="a file")

    assert image_file(once.content, name="a file") == once


@pytest.mark.parametrize("options", [{"progressive": True}, {"quality": 30, "subsampling": 2}])
def test_every_scan_of_a_photo_is_kept(options):
    content = saved("JPEG", PICTURE.resize((200, 150)), **options)

    assert pixels(image_file(content, name="a photo").content) == pixels(content)


def test_a_photo_that_is_to_be_turned_is_turned():
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter to the right
    content = saved("JPEG", exif=exif, quality=95)

    stored = image_file(content, name="a photo")

    assert (stored.width, stored.height) == (16, 24)
    assert image_file(stored.content, name="a photo") == stored


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"<html><script>alert(1)</script>",
        saved("BMP"),
    ],
)
def test_what_is_no_image_of_the_four_kinds_is_refused_whatever_it_is_called(content):
    with pytest.raises(RefusedError, match=r"picture.png is no PNG, JPEG, WebP or GIF\."):
        image_file(content, name="picture.png")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_damaged_file_is_refused_wherever_it_ends(form):
    content = with_secret(form).removesuffix(SECRET)
    whole = image_file(content, name="a file")
    for end in range(4, len(content) - 1, 7):
        try:
            stored = image_file(content[:end], name="a file")
        except RefusedError:
            continue
        else:  # nothing of the picture was cut off
            assert pixels(stored.content) == pixels(whole.content)


def test_script_behind_a_picture_is_not_stored():
    script = b"<script>alert(1)</script>"

    for form in ("PNG", "JPEG", "WEBP", "GIF"):
        assert script not in image_file(saved(form) + script, name="a file").content


def test_too_many_bytes_or_pixels_are_refused(monkeypatch):
    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(RefusedError, match=r"bomb has more than 50,000,000 pixels"):
        image_file(bomb, name="bomb")
    monkeypatch.setattr(files, "MAX_IMAGE_BYTES", 1 << 20)
    with pytest.raises(RefusedError, match=r"large is larger than 1 MiB"):
        image_file(b"x" * ((1 << 20) + 1), name="large")
