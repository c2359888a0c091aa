"""Images that messages refer to: looked up among those that were uploaded, never loaded."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import (
    Case,
    EvalSetVersion,
    Image,
    NamedImage,
    Output,
    Run,
    Study,
    VersionCase,
)
from evalkit.errors import RefusedError
from evalkit.images.files import hash_of_data
from evalkit.images.references import (
    ImageReference,
    address_of,
    description_of,
    path_of,
    reference_of,
    references,
    with_images,
)


@dataclass(frozen=True, slots=True)
class StoredImage:
    """The bytes of an image, and what they are."""

    content: bytes
    media_type: str


def stored_image(session: Session, content_hash: str) -> StoredImage | None:
    """Return an image by its hash."""
    statement = sa.select(col(Image.content), col(Image.media_type))
    row = (
        session.connection()
        .execute(statement.where(col(Image.content_hash) == content_hash))
        .first()
    )
    return None if row is None else StoredImage(*row)


def placed_images(
    session: Session, eval_set_id: int, messages: Sequence[Any], *, are_named: bool
) -> tuple[Any, ...]:
    """Return messages whose images are hashes of what is stored, or nothing where it is not.

    ``are_named`` keeps what a missing image is called, for leads: a name may name a model.
    """
    hashes = _hashes(session, eval_set_id, references(messages))

    def place(part: Mapping[str, Any]) -> dict[str, Any]:
        reference = reference_of(part)
        content_hash = hashes.get(_name(reference)) if reference else None
        placed = {"type": "image", "alt": description_of(part), "hash": content_hash}
        return placed | ({"name": reference.name} if reference and are_named else {})

    return tuple(with_images(messages, place))


def sent_images(session: Session, eval_set_id: int, messages: Sequence[Any]) -> list[Any]:
    """Return messages for a model: images as ``data:`` URLs of what is stored, else on the web.

    Raises RefusedError for an image that is neither.
    """
    hashes = _hashes(session, eval_set_id, references(messages))

    def sent(part: Mapping[str, Any]) -> dict[str, Any]:
        reference, address = reference_of(part), address_of(part)
        content_hash = hashes.get(reference.name) if reference else None
        if content_hash and (image := stored_image(session, content_hash)):
            written = base64.b64encode(image.content).decode()
            address = f"data:{image.media_type};base64,{written}"
        elif not address.lower().startswith(("https://", "http://", "data:")):
            raise RefusedError(
                f"The image {address or 'without a name'} is not there, so the case was not asked. "
                "Import the image, and ask in another run."
            )
        return {"type": "image", "image": address}

    return with_images(messages, sent)


def missing_names(session: Session, eval_set_id: int) -> list[str]:
    """Return what records of an eval set refer to and is not there, in their order.

    It reads all of them: never while an annotator waits.
    """
    names: dict[str, ImageReference] = {}
    for messages in _messages(session, eval_set_id):
        names |= {each.name: each for each in references(messages) if each.name}
    return not_there(session, eval_set_id, names)


def not_there(session: Session, eval_set_id: int | None, names: Iterable[str]) -> list[str]:
    """Return those of the names by which records of an eval set may call no image yet."""
    names = list(names)
    stored = _hashes(session, eval_set_id or 0, [ImageReference(name, "") for name in names])
    return [name for name in names if name not in stored]


def export_images(session: Session, study_id: int, folder: Path) -> int:
    """Write the images that the records of a study refer to, under what they are called there."""
    version = (
        sa.select(col(EvalSetVersion.eval_set_id), col(EvalSetVersion.id))
        .join(Study, col(Study.eval_set_version_id) == col(EvalSetVersion.id))
        .where(col(Study.id) == study_id)
    )
    eval_set_id, version_id = session.connection().execute(version).one()
    names: dict[str, ImageReference] = {}
    for messages in _messages(session, eval_set_id, version_id):
        names |= {each.name: each for each in references(messages) if each.name}
    hashes = _hashes(session, eval_set_id, names.values())
    for name, content_hash in hashes.items():
        image = stored_image(session, content_hash)
        assert image is not None  # it was found by its name
        ending = "." + image.media_type.removeprefix("image/").replace("jpeg", "jpg")
        file = folder / (path_of(name) or f"{content_hash}{ending}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(image.content)
        except OSError as error:
            raise RefusedError(f"{file} cannot be written: {error.strerror}.") from None
    return len(hashes)


def _hashes(session: Session, eval_set_id: int, wanted: Iterable[ImageReference]) -> dict[str, str]:
    """Return the hashes of the images that are there, by what refers to them."""
    names, hashes = {_name(each) for each in wanted}, dict[str, str]()
    for some in _slices(sorted(names)):
        named = (
            sa.select(col(NamedImage.name), col(Image.content_hash))
            .join(Image, col(Image.id) == col(NamedImage.image_id))
            .where(col(NamedImage.eval_set_id) == eval_set_id, col(NamedImage.name).in_(some))
        )
        hashes |= {row.name: row.content_hash for row in session.connection().execute(named)}
    by_hash = {h: name for name in names if (h := ImageReference(name, "").content_hash)}
    for some in _slices(sorted(by_hash)):
        known = sa.select(col(Image.content_hash)).where(col(Image.content_hash).in_(some))
        hashes |= {by_hash[each]: each for each in session.connection().scalars(known)}
    return hashes


def _name(reference: ImageReference) -> str:
    """Return what an image is called; one that a record holds itself by its hash in the store."""
    if reference.data is None:
        return reference.name
    content_hash = hash_of_data(reference.data)
    return f"sha256:{content_hash}" if content_hash else ""


def _messages(session: Session, eval_set_id: int, version_id: int | None = None) -> Iterable[Any]:
    cases = sa.select(col(Case.input)).where(col(Case.eval_set_id) == eval_set_id)
    outputs = (
        sa.select(col(Output.steps))
        .join(Run, col(Run.id) == col(Output.run_id))
        .where(col(Run.eval_set_id) == eval_set_id, col(Output.steps).is_not(None))
    )
    if version_id is not None:
        held = sa.select(col(VersionCase.case_id)).where(col(VersionCase.version_id) == version_id)
        cases = cases.where(col(Case.id).in_(held))
        outputs = outputs.where(col(Output.case_id).in_(held))
    for statement in (cases.order_by(col(Case.id)), outputs.order_by(col(Output.id))):
        yield from session.connection().execution_options(yield_per=500).scalars(statement)


def _slices(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + 500] for start in range(0, len(values), 500))
