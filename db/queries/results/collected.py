"""The annotations of a study as the integer tables the reports are computed from."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import (
    Annotation,
    Assignment,
    Case,
    Output,
    ResultsState,
    Score,
    VersionCase,
)
from db.queries.results.checks import checks_of
from db.queries.results.filtering import counted, in_cases, in_watched, limits
from db.queries.results.gold import gold_of
from db.queries.results.marks import marks_of
from db.queries.results.offers import offered_tags
from db.queries.results.preferences import (
    DEALT,
    N_STRENGTHS,
    UNREADABLE,
    UNSEEN,
    asks_acceptable,
    first_shown_given,
    has_preference,
    preferences_by_criterion,
    preferences_given,
    rankings_given,
    strengths_imported,
)
from db.queries.results.reading import numbers_of, of_annotators, places_among
from db.queries.results.splits import of_split
from db.queries.results.studies import (
    ResultAnnotator,
    ResultFilters,
    ResultStudy,
)
from db.queries.traffic import are_of_two_samples, chances_as_of
from evalkit.failures.taxonomy import UNSAFE_TAG
from evalkit.records import checks
from evalkit.stats.annotators.first_shown import NO_FIRST_SHOWN, FirstShown
from evalkit.stats.counts import BoolArray, IntArray
from evalkit.study.collected import (
    Collected,
    Criterion,
    Judged,
    Outputs,
    Preferences,
    Tag,
    Values,
)
from evalkit.study.graded import not_asked
from evalkit.study.subject_keys import CHECKLISTS, PREFERENCE
from evalkit.study.subjects import ANY_ERROR, subject_key
from evalkit.vocabulary import PREFERENCE_CODES, Level, Preference

# Stands for what was not recorded while it is read; measures are never negative.
_UNKNOWN = -1
_MOST = (checks.MAX_MILLISECONDS, checks.MAX_DOLLARS, *3 * (checks.MAX_WHOLE,))


def collect(
    session: Session, study: ResultStudy, *, filters: ResultFilters | None = None
) -> Collected:
    """Return what the study collected within the filters; people only unless asked otherwise."""
    filters = filters or ResultFilters()
    annotators = study.counted_annotators(filters)
    conditions, of_criteria, checked, looked = (
        counted(study, filters, subject=key)
        # Which is better on one criterion: no judge is admitted on it, for none is measured there.
        for key in (PREFERENCE, f"{PREFERENCE}:", CHECKLISTS, ANY_ERROR.key)
    )
    outputs = _outputs(session, study, filters)
    ids = outputs.id, np.array([each.annotator_id for each in annotators], dtype=np.int64)
    preferences, n_unreadable, n_rankings = _preferences(session, study, conditions, *ids)
    marks, marked_words, counts, penalties = marks_of(session, study, looked, *ids)
    unsafe = _unsafe(study)
    is_asked = bool(_has_both_bad(preferences) or (unsafe and len(marks.output)))
    collected = Collected(
        study=study.name,
        models=tuple(sorted(study.models)),
        runs_of=study.runs_of,
        categories=_categories(study, filters),
        annotators=tuple(map(_judged, annotators)),
        criteria=_criteria(study),
        tags=tuple(Tag(tag.key, tag.name) for tag in study.tags),
        unsafe=unsafe,
        outputs=outputs,
        preferences=preferences,
        by_criterion=_by_criterion(session, study, of_criteria, *ids),
        first_shown=_first_shown(session, conditions, ids[1]) if n_rankings else NO_FIRST_SHOWN,
        n_unreadable=n_unreadable,
        n_rankings=n_rankings,
        values=_values(session, study, filters, *ids),
        marks=marks,
        marked_words=marked_words,
        mark_counts=counts,
        checks=checks_of(session, checked, *ids),
        gold=gold_of(session, study, outputs.id),
        penalties=penalties,
        weights=study.weights,
        limits=limits(study, filters),
        of_two_samples=are_of_two_samples(session, *_drawn(study, filters)),
        asks_acceptable=is_asked or asks_acceptable(session, study, has_unsafe=bool(unsafe)),
        asks_preference=study.collects_preference or has_preference(session, study),
        cases_of=study.cases_of,
        traffic=study.traffic,
        moved=study.moved,
        divided=study.divided,
        offered=offered_tags(session, study, looked, annotators),
    )
    return of_split(session, study, filters, collected)


def _has_both_bad(preferences: Preferences) -> bool:
    return bool((preferences.preference == PREFERENCE_CODES[Preference.BOTH_BAD]).any())


def _unsafe(study: ResultStudy) -> tuple[int, ...]:
    """Return the tags that make a response unacceptable."""
    roots = (tag.stored_key.split("/")[0] for tag in study.tags)
    return tuple(place for place, root in enumerate(roots) if root == UNSAFE_TAG)


def _judged(who: ResultAnnotator) -> Judged:
    return Judged(who.name, who.kind, who.is_simulated, who.n_people)


def state_of_results(session: Session, *, study_id: int) -> str:
    """Return what changes with whatever the results of a study rest on, but for its own row."""
    statement = sa.select(col(ResultsState.token)).where(col(ResultsState.study_id) == study_id)
    return session.connection().scalar(statement) or ""


def _criteria(study: ResultStudy) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(
            key=criterion.key,
            question=criterion.question,
            level=Level(criterion.level),
            values=tuple(value for value, _ in criterion.scale),
            labels=tuple(label for _, label in criterion.scale),
            is_continuous=criterion.is_continuous,
        )
        for criterion in study.criteria
    )


def _categories(study: ResultStudy, filters: ResultFilters) -> tuple[str, ...]:
    wanted = filters.categories or study.categories
    return tuple(category for category in study.categories if category in wanted)


def _outputs(session: Session, study: ResultStudy, filters: ResultFilters) -> Outputs:
    """Return the outputs of the study's runs within the filters, by model name, run and case."""
    measures = (
        Output.latency_ms,
        Output.cost_usd,
        Output.input_tokens,
        Output.output_tokens,
        Output.reasoning_tokens,
    )
    statement = sa.select(
        col(Output.id),
        col(Output.case_id),
        col(Output.run_id),
        *(sa.func.coalesce(col(measure), _UNKNOWN) for measure in measures),
    ).where(
        col(Output.run_id).in_([run.run_id for run in study.runs]),
        *in_watched(study, filters, col(Output.case_id)),
    )
    table = numbers_of(session, statement, dtype=np.float64)
    case, run = table[:, 1].astype(np.int64), table[:, 2].astype(np.int64)
    cases = _cases(session, study, filters)
    wanted = np.isin(case, cases[:, 0])  # nothing outside the filters is asked about
    table, case, run = table[wanted], case[wanted], run[wanted]
    models = sorted(study.models)
    model_of_run = [models.index(run.model) for run in study.runs]
    run_ids = np.array([run.run_id for run in study.runs], dtype=np.int64)
    model = np.array(model_of_run, dtype=np.int64)[places_among(run, run_ids)]
    order = np.lexsort((case, run, model))
    of_case = cases[places_among(case[order], cases[:, 0])]
    measured = table[order, 3:]
    # Before imports had bounds, they took costs that no output has: these count as not recorded.
    measured = np.where((measured == _UNKNOWN) | (measured > _MOST), np.nan, measured)
    return Outputs(
        id=table[order, 0].astype(np.int64),
        case=case[order],
        model=model[order],
        category=of_case[:, 1],
        is_counted=of_case[:, 2] == 1,
        latency_ms=measured[:, 0],
        cost_usd=measured[:, 1],
        input_tokens=measured[:, 2],
        output_tokens=measured[:, 3],
        reasoning_tokens=measured[:, 4],
        sampled=chances_as_of(session, *_drawn(study, filters), case[order]),
    )


def _drawn(study: ResultStudy, filters: ResultFilters) -> tuple[str, int, int | None]:
    return study.name, study.version_id, filters.as_of


def _cases(session: Session, study: ResultStudy, filters: ResultFilters) -> IntArray:
    """Return id, category code and whether it is in the study's version, by case in the filters."""
    in_version = sa.select(col(VersionCase.case_id)).where(
        col(VersionCase.version_id) == study.version_id
    )
    annotated = sa.select(col(Assignment.case_id)).where(col(Assignment.study_id) == study.study_id)
    category = sa.func.coalesce(col(Case.category), "")
    statement = sa.select(
        col(Case.id),
        sa.case(
            *(
                (category == name, sa.literal_column(str(code)))
                for code, name in enumerate(_categories(study, filters))
            ),
            else_=sa.literal_column("-1"),
        ),
        sa.case((col(Case.id).in_(in_version), 1), else_=0),
    ).where(
        sa.or_(col(Case.id).in_(in_version), col(Case.id).in_(annotated)),
        *in_cases(study, replace(filters, categories=()), col(Case.id)),
    )
    table = numbers_of(session, statement)
    return table[table[:, 1] >= 0]


def _preferences(
    session: Session,
    study: ResultStudy,
    conditions: list[sa.ColumnElement[bool]],
    output_ids: IntArray,
    annotator_ids: IntArray,
) -> tuple[Preferences, int, int]:
    """Return the readable preferences, one entry each, how many were not, and of how many rankings.

    Hardly two are equal, so letting the database group them takes twice as long as reading them.
    """
    both = preferences_given(*conditions), rankings_given(*conditions)
    table, ranked = (of_annotators(numbers_of(session, of), annotator_ids, column=2) for of in both)
    asks_strength = _asks_strength(session, study, conditions, table)
    if len(ranked):  # hardly ever, and all of it is copied
        table = np.concatenate([table, ranked])
        # A ranking is asked for an order alone: its ties say nothing of strength.
        asks_strength = np.append(asks_strength, np.zeros(len(ranked), dtype=np.bool_))
    readable = table[:, 3] != UNREADABLE
    n_unreadable = int(np.count_nonzero(~readable))
    table, asks_strength = table[readable], asks_strength[readable]
    # Copies of columns: a view would keep all of the table in memory.
    preferences = Preferences(
        left=places_among(table[:, 0], output_ids),
        right=places_among(table[:, 1], output_ids),
        annotator=places_among(table[:, 2], annotator_ids),
        preference=table[:, 3].copy(),
        n=np.ones(len(table), dtype=np.int64),
        latest=table[:, 4].copy(),
        is_dealt=table[:, 5] == DEALT,
        is_seen=table[:, 5] != UNSEEN,
        strength=table[:, 6] % N_STRENGTHS,
        certainty=table[:, 6] // N_STRENGTHS,
        asks_strength=asks_strength,
    )
    return preferences, n_unreadable, len(np.unique(ranked[:, 4]))


def _first_shown(
    session: Session, conditions: list[sa.ColumnElement[bool]], annotator_ids: IntArray
) -> FirstShown:
    """Return the rankings of which it is known what was shown first."""
    read = numbers_of(session, first_shown_given(*conditions))
    table = of_annotators(read, annotator_ids, column=0)
    return FirstShown(
        annotator=places_among(table[:, 0], annotator_ids),
        case=table[:, 1].copy(),
        above=table[:, 3] / (2.0 * table[:, 4]),
        is_dealt=table[:, 2] == DEALT,
    )


def _asks_strength(
    session: Session, study: ResultStudy, conditions: list[sa.ColumnElement[bool]], table: IntArray
) -> BoolArray:
    """Say with which comparisons it was asked by how much, whatever the filters leave out.

    Of what evalkit gave out the study says it; of imports what was said in the whole study.
    """
    is_dealt: BoolArray = table[:, 5] == DEALT
    imported = table[~is_dealt & (table[:, 3] != UNREADABLE)]
    who, preference, strength = imported[:, 2], imported[:, 3], imported[:, 6] % N_STRENGTHS
    whole = counted(study, ResultFilters(every_judge=True))
    is_unknown = len(np.setdiff1d(who, who[strength > 0])) > 0
    if is_unknown and len(whole) != len(conditions):
        # Whoever said nothing of strength here may have elsewhere: all of the study is read.
        who, preference, strength = numbers_of(session, strengths_imported(*whole)).T
    is_asked = ~np.isin(table[:, 2], not_asked(who, preference, strength))
    return np.where(is_dealt, study.collects_strength, is_asked)


def _by_criterion(
    session: Session,
    study: ResultStudy,
    conditions: list[sa.ColumnElement[bool]],
    output_ids: IntArray,
    annotator_ids: IntArray,
) -> tuple[Preferences, ...]:
    """Return what was preferred on each criterion; nothing where nobody said."""
    table = of_annotators(
        numbers_of(session, preferences_by_criterion(*conditions)), annotator_ids, column=2
    )
    if not len(table):
        return ()
    parts = (table[table[:, 6] == criterion.criterion_id] for criterion in study.criteria)
    nothing = np.zeros(len(table), dtype=np.int64)  # strength and certainty are of the whole
    return tuple(
        Preferences(
            left=places_among(part[:, 0], output_ids),
            right=places_among(part[:, 1], output_ids),
            annotator=places_among(part[:, 2], annotator_ids),
            preference=part[:, 3].copy(),
            n=np.ones(len(part), dtype=np.int64),
            latest=part[:, 4].copy(),
            is_dealt=part[:, 5] == DEALT,
            is_seen=part[:, 5] != UNSEEN,
            strength=nothing[: len(part)],
            certainty=nothing[: len(part)],
            asks_strength=np.zeros(len(part), dtype=np.bool_),
        )
        for part in parts
    )


def _values(
    session: Session,
    study: ResultStudy,
    filters: ResultFilters,
    output_ids: IntArray,
    annotator_ids: IntArray,
) -> Values:
    statement = (
        sa.select(
            col(Score.criterion_id),
            col(Score.output_id),
            col(Assignment.annotator_id),
            col(Score.value),
            col(Score.id),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(Score, col(Score.annotation_id) == col(Annotation.id))
        .where(
            *counted(study, filters),
            *_where_admitted(study, filters),
            ~col(Score.is_superseded),
        )
    )
    table = numbers_of(session, statement, dtype=np.float64)
    table = of_annotators(table, annotator_ids, column=2)
    whole = table.astype(np.int64)
    criterion_ids = np.array(
        [criterion.criterion_id for criterion in study.criteria], dtype=np.int64
    )
    return Values(
        criterion=places_among(whole[:, 0], criterion_ids),
        output=places_among(whole[:, 1], output_ids),
        annotator=places_among(whole[:, 2], annotator_ids),
        value=table[:, 3].copy(),
        n=np.ones(len(whole), dtype=np.int64),
        latest=whole[:, 4].copy(),
    )


def _where_admitted(study: ResultStudy, filters: ResultFilters) -> Iterator[sa.ColumnElement[bool]]:
    """Give the conditions that a score on a criterion counts, of those judges are admitted on."""
    if study.bar is None:
        return
    plain = len(counted(study, filters))
    for criterion, row in zip(_criteria(study), study.criteria, strict=True):
        for condition in counted(study, filters, subject=subject_key(criterion))[plain:]:
            yield sa.or_(col(Score.criterion_id) != row.criterion_id, condition)
