"""What a mark may be coded as by a record: what somebody could have coded it as here."""

from sqlalchemy import select
from sqlmodel import Session, col

from db.models import ErrorMark, RecodedMark, Tag, Taxonomy
from db.queries.taxonomies import TagReading, tag_readings
from evalkit.phrases import joined
from evalkit.records import shown


class Recodings:
    """Tells what recodings fit, while they are written one after the other.

    All changes of taxonomies are written before the first.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._readings: dict[int, TagReading | None] = {}

    def expected(self, mark_id: int, tag_id: int) -> str:
        """Say what was expected instead of a tag for a mark; nothing of one that fits.

        It fits where the tag that the mark counts as was split into it and others, or where the
        mark was that tag before it was coded last, and that is taken back.
        """
        made_as = select(col(ErrorMark.tag_id)).where(col(ErrorMark.id) == mark_id)
        coded_as = (
            select(col(RecodedMark.tag_id))
            .where(col(RecodedMark.mark_id) == mark_id)
            .order_by(col(RecodedMark.id))
        )
        tags = [*self._session.scalars(made_as), *self._session.scalars(coded_as)]
        if len(tags) > 1 and tags[-2] == tag_id:
            return ""
        reading = self._reading(tags[-1] or 0)
        if reading is None or not reading.now.is_stale:
            counts_as = shown(self._called(tags[-1])[2])
            return f"no recoding: the mark counts as {counts_as}, which was not split"
        name, version, key = self._called(tag_id)
        if (name, version) == (reading.taxonomy, reading.version) and key in reading.parts:
            return ""
        parts = joined([shown(part) for part in reading.parts])
        return f"{parts}: what {shown(reading.now.key)} was split into in version {reading.version}"

    def _reading(self, tag_id: int) -> TagReading | None:
        if tag_id not in self._readings:
            self._readings[tag_id] = tag_readings(self._session, [tag_id]).get(tag_id)
        return self._readings[tag_id]

    def _called(self, tag_id: int) -> tuple[str, int, str]:
        statement = (
            select(col(Taxonomy.name), col(Taxonomy.version), col(Tag.key))
            .join(Tag, col(Tag.taxonomy_id) == col(Taxonomy.id))
            .where(col(Tag.id) == tag_id)
        )
        name, version, key = self._session.execute(statement).one()
        return name, version, key
