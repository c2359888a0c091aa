"""Store images that cases and outputs refer to: checked all before one of them is stored."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.columns import number_of
from db.engine import read_session, wait_for_imports, write_session
from db.models import AuditEvent, EvalSet, Image, NamedImage
from db.queries.images import missing_names
from evalkit.errors import NotFoundError, RefusedError
from evalkit.images.files import ImageFile, image_file
from evalkit.images.references import files_called, is_exactly
from evalkit.phrases import counted, quoted

#: Paths and bytes of image files; called again, it gives them again.
ImageSource = Callable[[], Iterable[tuple[str, bytes]]]


@dataclass(frozen=True, slots=True)
class ImagesReport:
    """What image files brought to an eval set, or would bring."""

    eval_set: str
    n_files: int
    n_new: int
    n_placed: int
    missing: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say it in a sentence or two."""
        brought = (
            f"{counted(self.n_files, 'image')} for eval set {self.eval_set!r}, {self.n_new:,} of "
            f"them new: records refer to {self.n_placed:,} by names that had none."
        )
        if not self.missing:
            return f"{brought} No image is missing."
        return f"{brought} {counted(len(self.missing), 'image')} still missing."


def store_images(
    source: ImageSource, *, eval_set: str, dry_run: bool = False, actor_id: int | None = None
) -> ImagesReport:
    """Store image files by their content, and under the names that records have for them.

    A file is what a record refers to by its path, or by the end of it. Stored again it is there
    already; a name that has another image is refused, as is one that could be several.
    """
    with read_session() as session:
        eval_set_id = eval_set_id_of(session, eval_set)
        missing = missing_names(session, eval_set_id)
    hashes: dict[str, str] = {}
    for path, content in source():
        _call(hashes, path, image_file(content, name=path).content_hash)
    names = dict(hashes)
    for path, called in _called(missing, hashes).items():
        for name in called:
            _call(names, name, hashes[path])
    with read_session() as session:
        _refuse_other_images(session, eval_set_id, names)
        known = set(session.exec(select(Image.content_hash)).all())
    new = set(hashes.values()) - known
    placed = [name for name in missing if name in names or name in _as_hashes(hashes)]
    if not dry_run and hashes:
        for path, content in source():
            if hashes.get(path) in new:
                store_image(image_file(content, name=path))
        _name(eval_set_id, names, n_new=len(new), actor_id=actor_id)
    left = tuple(name for name in missing if name not in placed)
    return ImagesReport(eval_set, len(hashes), len(new), len(placed), left)


def check_images(source: ImageSource) -> int:
    """Refuse files that are no images, before anything else is stored; count them."""
    return sum(bool(image_file(content, name=path).width) for path, content in source())


def store_image(image: ImageFile) -> None:
    """Store one image, if it is not there already."""
    with write_session() as session:
        add_image(session, image)


def add_image(session: Session, image: ImageFile) -> None:
    """Store one image within a transaction, if it is not there already."""
    content_hash = image.content_hash
    wait_for_imports(session)
    if session.exec(select(Image.id).where(Image.content_hash == content_hash)).first() is None:
        session.add(
            Image(
                content_hash=content_hash,
                media_type=image.media_type,
                width=image.width,
                height=image.height,
                content=image.content,
            )
        )
        session.flush()


def _call(hashes: dict[str, str], name: str, content_hash: str) -> None:
    if hashes.setdefault(name, content_hash) != content_hash:
        raise RefusedError(f"Two files could be the image {name!r}. Nothing was stored.")


def _called(missing: list[str], paths: Collection[str]) -> dict[str, list[str]]:
    """Return the names that records have for files, by path; one alone for a bare file name."""
    called: dict[str, list[str]] = {}
    for name in missing:
        for path in files_called(name, paths):
            called.setdefault(path, []).append(name)
    for path, names in called.items():
        if len(names) > 1 and "/" not in path:
            exact = [name for name in names if is_exactly(name, path)]
            if not exact:
                raise RefusedError(
                    f"{path} could be any of {quoted(names[:3])}: put it into a zip, or a folder, "
                    "under more of its path. Nothing was stored."
                )
            called[path] = exact
    return called


def _as_hashes(hashes: dict[str, str]) -> set[str]:
    return {f"sha256:{content_hash}" for content_hash in hashes.values()}


def _refuse_other_images(session: Session, eval_set_id: int, names: dict[str, str]) -> None:
    statement = (
        select(NamedImage.name, Image.content_hash)
        .join(Image, col(Image.id) == NamedImage.image_id)
        .where(NamedImage.eval_set_id == eval_set_id)
    )
    for name, content_hash in session.exec(statement):
        if names.get(name, content_hash) != content_hash:
            raise RefusedError(
                f"The eval set has another image {name!r} already. Replace it (Eval sets, Images), "
                "or give this one another name, also in the records. Nothing was stored."
            )


def _name(eval_set_id: int, names: dict[str, str], *, n_new: int, actor_id: int | None) -> None:
    with write_session() as session:
        _refuse_other_images(session, eval_set_id, names)
        wanted = set(names.values())
        ids = {
            content_hash: image_id
            for image_id, content_hash in session.exec(select(Image.id, Image.content_hash))
            if content_hash in wanted
        }
        has = NamedImage.eval_set_id == eval_set_id
        known = set(session.exec(select(NamedImage.name).where(has)).all())
        session.add_all(
            NamedImage(eval_set_id=eval_set_id, name=name, image_id=ids[content_hash] or 0)
            for name, content_hash in names.items()
            if name not in known
        )
        details = {"new": n_new, "names": len(set(names) - known)}
        subject = f"eval_set:{eval_set_id}"
        event = AuditEvent(actor_id=actor_id, action="images", subject=subject, details=details)
        if n_new or set(names) - known:
            session.add(event)


def eval_set_id_of(session: Session, name: str) -> int:
    """Return the id of an eval set; NotFoundError where there is none of this name."""
    eval_set = session.exec(select(EvalSet).where(EvalSet.name == name)).first()
    if eval_set is None:
        known = quoted(session.exec(select(EvalSet.name).order_by(col(EvalSet.name))).all())
        raise NotFoundError(f"There is no eval set named “{name}”. There are: {known}.")
    return number_of(eval_set)
