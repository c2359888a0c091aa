"""Which responses of a study give their maker away, found once per output and process."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlmodel import Session, col, select

from db.models import Case, Model, Output, Run, Study, StudyRun, VersionCase
from db.queries.annotation.cases import is_asked_for
from evalkit.annotation.blinding.leaks import Leak, identity_leaks, mask, texts_of
from evalkit.errors import NotFoundError
from evalkit.images.references import description_of, with_images
from evalkit.vocabulary import TextPlace

#: The names found that count, by database, output and names of the study. Outputs that have a
#: text never change, so only their number bounds it.
_FOUND: dict[tuple[str, int, frozenset[str]], frozenset[str]] = {}
_MAX_FOUND = 500_000


@dataclass(frozen=True, slots=True)
class LeakCount:
    """How many of a study's responses give their maker away.

    ``examples`` are a few of the names that were found, most frequent first.
    """

    n_outputs: int
    n_leaking: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseWords:
    """What identity leaks of one case's responses are judged against."""

    names: frozenset[str]
    case_text: str
    instructions: str

    def leaks(self, text: str) -> tuple[Leak, ...]:
        """Find the names in one text of a response."""
        return identity_leaks(
            text, names=self.names, case_text=self.case_text, instructions=self.instructions
        )

    def masked(self, text: str) -> str:
        """Take out the names that count."""
        return mask(text, self.leaks(text))


def study_names(session: Session, study_id: int) -> frozenset[str]:
    """Return the names of the study's models and of their providers."""
    return names_of_runs(session, select(StudyRun.run_id).where(StudyRun.study_id == study_id))


def names_of_runs(session: Session, run_ids: Any) -> frozenset[str]:
    """Return the names of the models of runs and of their providers."""
    rows = session.exec(
        select(Model.name, Output.provider)
        .join(Run, col(Run.model_id) == Model.id)
        .outerjoin(Output, col(Output.run_id) == Run.id)
        .where(col(Run.id).in_(run_ids))
        .distinct()
    ).all()
    return frozenset(name for row in rows for name in row if name)


def known_names(session: Session, study: Study) -> frozenset[str]:
    """Return the same, from the study itself where nothing changed since they were put there."""
    if study.are_units_current and study.names is not None:
        return frozenset(study.names)
    assert study.id is not None  # it was read from the database
    return study_names(session, study.id)


def case_words(case: Case, names: frozenset[str]) -> CaseWords:
    """Gather what the case itself says, its instructions apart."""
    messages = with_images(case.input, description_of)
    told = [m for m in messages if m.get("role") in {"system", "developer"}]
    asked = [m for m in messages if m.get("role") not in {"system", "developer"}]
    return CaseWords(
        names=names,
        case_text="\n".join(texts_of([asked, case.context or [], case.tools or []])),
        instructions="\n".join(texts_of(told)),
    )


def leak_count(session: Session, study_id: int) -> LeakCount:
    """Count the responses of a study that give their maker away, with examples."""
    study = session.get(Study, study_id)
    if study is None:
        raise NotFoundError("This study does not exist any more.")
    told = _names_told(session, study)
    examples: dict[str, int] = {}
    for names in told.values():
        for name in names:
            examples[name] = examples.get(name, 0) + 1
    often = sorted(examples, key=lambda name: (-examples[name], name))
    return LeakCount(len(told), sum(map(bool, told.values())), tuple(often[:8]))


def leaking_outputs(session: Session, study: Study) -> frozenset[int]:
    """Return the ids of the outputs that give their maker away; only new ones are read."""
    return frozenset(output_id for output_id, names in _names_told(session, study).items() if names)


def _names_told(session: Session, study: Study) -> dict[int, frozenset[str]]:
    """Return the names that count by output of the study, each output searched once."""
    assert study.id is not None  # it was read from the database
    names = study_names(session, study.id)
    url = session.get_bind().engine.url.render_as_string()
    wanted = [
        output_id
        for output_id in session.exec(
            select(Output.id)
            .join(StudyRun, col(StudyRun.run_id) == Output.run_id)
            .join(VersionCase, col(VersionCase.case_id) == Output.case_id)
            .where(
                StudyRun.study_id == study.id,
                is_asked_for(study),
                # What has no text yet gives nobody away, and is searched when it has one.
                col(Output.text_place).is_distinct_from(TextPlace.ELSEWHERE),
            )
        ).all()
        if output_id is not None
    ]
    new = {output_id for output_id in wanted if (url, output_id, names) not in _FOUND}
    if new and len(_FOUND) > _MAX_FOUND:
        _FOUND.clear()
        new = set(wanted)
    if new:
        for case, outputs in _outputs_by_case(session, study):
            words = case_words(case, names)
            for output in outputs:
                if output.id in new:
                    _FOUND[url, output.id, names] = names_told(output, words)
    return {output_id: _FOUND.get((url, output_id, names), frozenset()) for output_id in wanted}


def _outputs_by_case(session: Session, study: Study) -> Iterator[tuple[Case, list[Output]]]:
    """Read the study's outputs case by case, never all at once."""
    rows = session.exec(
        select(Case, Output)
        .join(VersionCase, col(VersionCase.case_id) == Case.id)
        .join(Output, col(Output.case_id) == Case.id)
        .join(StudyRun, col(StudyRun.run_id) == Output.run_id)
        .where(StudyRun.study_id == study.id, is_asked_for(study))
        .order_by(col(Case.id), col(Output.id))
        .execution_options(yield_per=500)
    )
    for _, group in groupby(rows, key=lambda row: row[0].id):
        pairs = list(group)
        yield pairs[0][0], [output for _, output in pairs]


def names_told(output: Output, words: CaseWords) -> frozenset[str]:
    """Return the names that count in what an annotator sees of an output."""
    if output.steps is None:
        texts: Iterable[str] = [output.content]
    else:
        texts = texts_of(with_images(output.steps, description_of))
    leaks = (leak for text in texts for leak in words.leaks(text))
    return frozenset(leak.matched for leak in leaks if leak.counts)
