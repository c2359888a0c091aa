"""Images that a file holds itself, as data: addresses: put into the store, and referred to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from db.commands.images import add_image
from db.commands.records.staging import Staging
from db.commands.records.write.batches import Writing
from evalkit.errors import RefusedError
from evalkit.images.files import ImageFile, hash_of_data, image_file
from evalkit.images.references import alone, reference_of, references, with_images
from evalkit.phrases import counted, some
from evalkit.records import Problems
from evalkit.records.reader import Record

_TEXTS = {"case": "input", "output": "content"}


def with_pictures_apart(staging: Staging, problems: Problems, record: Record) -> Record:
    """Return a record that refers to the images that it held, which are staged."""
    field = _TEXTS.get(record.type, "")
    messages: Any = record.fields.get(field)
    if not record.is_sound or not _has_parts(messages):
        return record

    def apart(part: Mapping[str, Any]) -> Any:
        reference = reference_of(part)
        if reference is None or reference.data is None:
            return part
        try:
            image = image_file(reference.data, name="an image")
        except RefusedError as refused:
            problems.add(record.line - problems.first_line, field, str(refused), "an image")
            return part
        row = (image.content_hash, image.content, image.media_type, image.width, image.height)
        staging.db.execute("INSERT OR IGNORE INTO picture VALUES (?, ?, ?, ?, ?)", row)
        return alone(image.content_hash, reference.alt)

    placed = with_images(messages, apart)
    staging.images |= {each.name: None for each in references(placed) if each.name}
    return replace(record, fields=record.fields | {field: placed})


def as_read_now(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return what a stored record says as a file with the same is read.

    Records from before images were stored apart hold them still.
    """
    messages = fields.get(_TEXTS[kind])
    if not isinstance(messages, list) or not _has_parts(messages):
        return fields

    def apart(part: Mapping[str, Any]) -> Any:
        reference = reference_of(part)
        content_hash = hash_of_data(reference.data) if reference and reference.data else None
        return alone(content_hash, reference.alt) if reference and content_hash else part

    return fields | {_TEXTS[kind]: with_images(messages, apart)}


def pictures_sentence(missing: list[str]) -> str:
    """Say which images records refer to that did not come; empty where all are there."""
    if not missing:
        return ""
    return (
        f"{counted(len(missing), 'image')} that records refer to did not come before "
        f"({some(missing)}): import them beside the records or afterwards, as files, a folder or a "
        "zip. Until then annotators read that an image is not available."
    )


def write_pictures(writing: Writing) -> None:
    """Store the images that were staged, and are not there yet."""
    rows = writing.new_rows("SELECT content, media_type, width, height FROM picture")
    for content, media_type, width, height in rows:
        add_image(writing.session, ImageFile(content, media_type, width, height))


def _has_parts(messages: Any) -> bool:
    return isinstance(messages, list) and any(
        isinstance(message, dict) and isinstance(message.get("content"), list)
        for message in messages
    )
