"""What a change of a taxonomy would do to results, before it is made: read and computed."""

from dataclasses import dataclass

from db.columns import now
from db.engine import read_session
from db.queries import results
from db.queries.results.tags import PlannedChange
from db.queries.taxonomies import StudyTouch, tag_readings, touched_by
from evalkit.failures.changes import TaxonomyChange, read_through
from evalkit.reports.errors.report import TagRates, tags_report

#: Rates are computed of so many studies; of all it is told how much is touched.
_MOST_STUDIES = 3


@dataclass(frozen=True, slots=True)
class StudyEffect:
    """How often the tags in question were found in a study, as counted now and then."""

    models: tuple[str, ...]
    before: tuple[TagRates, ...]
    after: tuple[TagRates, ...]


@dataclass(frozen=True, slots=True)
class Effects:
    """What a change touches, and what it does to the rates of the first few studies."""

    touched: tuple[StudyTouch, ...]
    rates: tuple[StudyEffect, ...]


def effects_of(name: str, change: TaxonomyChange) -> Effects:
    """Count as if a change had been made; nothing is stored."""
    with read_session() as session:
        touched = touched_by(session, name, change)
    first_few = touched[:_MOST_STUDIES]
    return Effects(touched, tuple(_effect(name, change, study.study) for study in first_few))


def _effect(name: str, change: TaxonomyChange, of: str) -> StudyEffect:
    planned = PlannedChange(name, change, now())
    with read_session() as session:
        study = results.result_study(session, name=of)
        then = results.result_study(session, name=of, planned=planned)
        readings = tag_readings(session, [tag.tag_id for tag in study.tags])
        before = tags_report(results.collect(session, study))
        after = tags_report(results.collect(session, then))
    # A tag that was split before is none that is changed now, though one may have its key since.
    split = {tag_id for tag_id, reading in readings.items() if reading.now.is_stale}
    were, are = (
        {tag.key: tag.stored_key for tag in of_study.tags if tag.tag_id not in split}
        for of_study in (study, then)
    )
    in_question = {*change.tags, change.target}
    changed = {
        key
        for key, stored in were.items()
        if stored in in_question or read_through(stored, (change,)).key != stored
    }
    counted_as = {read_through(were[key], (change,)).key for key in changed}
    return StudyEffect(
        study.models,
        tuple(rate for rate in before if rate.tag.key in changed),
        tuple(rate for rate in after if are.get(rate.tag.key) in counted_as),
    )
