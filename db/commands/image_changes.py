"""Replace or remove an image that was stored wrongly, unless somebody judged by it."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import new_token, number_of
from db.commands.images import add_image, eval_set_id_of
from db.engine import wait_for_imports, write_session
from db.models import Assignment, AuditEvent, Image, NamedImage
from db.queries.image_names import (
    REMOVED,
    REPLACED,
    WhereShown,
    assignments_that_show,
    where_shown,
    who_looked,
)
from evalkit.errors import NotFoundError, RefusedError
from evalkit.images.files import image_file
from evalkit.images.references import ImageReference
from evalkit.phrases import counted
from evalkit.vocabulary import AssignmentState


@dataclass(frozen=True, slots=True)
class ImageChange:
    """What became of a name: hashes of the image before and now, None where there is none."""

    name: str
    former: str
    now: str | None
    n_cases: int
    n_outputs: int

    @property
    def sentence(self) -> str:
        """Say it in a sentence."""
        if self.former == self.now:
            return f"{self.name} is this very image already."
        done = "is removed" if self.now is None else "is replaced"
        where = f"{counted(self.n_cases, 'case')} and {counted(self.n_outputs, 'response')}"
        return f"{self.name} {done}. It stands in {where}; the former image is kept in the history."


def replace_image(
    name: str, content: bytes | None, *, eval_set: str, actor_id: int | None = None
) -> ImageChange:
    """Put another image under the name that records of an eval set have for one, or none.

    Whoever has a case with it on the screen is told that it changed, and submits nothing by the
    former one. The former image stays in the store, and the log says who changed it when.

    Parameters
    ----------
    name : str
        As records refer to it, or as it was uploaded.
    content : bytes or None
        Of the file; None to remove the image, so that it is missing.
    eval_set : str
    actor_id : int, optional

    Raises
    ------
    RefusedError
        If it is no image, if the name is the hash of one, or if somebody judged by it here, or a
        model was asked about it: what was judged by one image is never about another. Nothing is
        changed then.
    NotFoundError
        If there is no such eval set, or no image of this name.
    """
    if ImageReference(name, "").content_hash is not None:
        raise RefusedError(f"{name} says by its hash which image it is: that cannot be another.")
    image = None if content is None else image_file(content, name=name)
    with write_session() as session:
        wait_for_imports(session)
        eval_set_id = eval_set_id_of(session, eval_set)
        named = session.get(NamedImage, (eval_set_id, name))
        if named is None:
            raise NotFoundError(
                f"The eval set “{eval_set}” has no image {name!r}. Import it: nothing is to be "
                "replaced."
            )
        former = session.get_one(Image, named.image_id).content_hash
        where = where_shown(session, eval_set_id, name)
        now = None if image is None else image.content_hash
        change = ImageChange(name, former, now, len(where.case_ids), len(where.output_ids))
        if former == now:
            return change
        # Screens first: who submits meanwhile waits for this, and is then seen or stopped.
        _end_screens(session, where)
        _refuse_if_judged(session, name, where)
        if image is None:
            session.delete(named)
        else:
            add_image(session, image)
            stored = session.exec(select(Image).where(Image.content_hash == now)).one()
            named.image_id = number_of(stored)
            session.add(named)
        session.add(
            AuditEvent(
                actor_id=actor_id,
                action=REMOVED if now is None else REPLACED,
                subject=f"eval_set:{eval_set_id}",
                details={"name": name, "former": former, "now": now},
            )
        )
        return change


def _refuse_if_judged(session: Session, name: str, where: WhereShown) -> None:
    if looked := who_looked(session, where):
        raise RefusedError(
            f"{name} stays as it is: {looked} were made by it, and would seem to be about another "
            "image. Give the right image another name, and import the case anew with that name and "
            "an id of its own; the old case can be retired."
        )


def _end_screens(session: Session, where: WhereShown) -> None:
    """Let no page that shows the former image store anything any more."""
    for condition in assignments_that_show(where):
        unfinished = sa.select(col(Assignment.id)).where(
            condition, col(Assignment.state) != AssignmentState.SUBMITTED
        )
        for assignment_id in session.connection().scalars(unfinished).all():
            session.get_one(Assignment, assignment_id).token = new_token()
    session.flush()
