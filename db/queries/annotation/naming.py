"""Where the texts around the responses of a study name what it compares.

Responses are searched and masked; what a lead or a case says beside them is shown as it is, so a
model that is named there is pointed out to the lead.
"""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from db.models import Case, Criterion, Model, Run, Study, StudyRun, Tag, VersionCase
from db.queries.annotation.cases import is_asked_for
from evalkit.annotation.blinding.leaks import texts_of
from evalkit.annotation.blinding.names import ModelNames
from evalkit.annotation.blinding.naming import NamingText
from evalkit.errors import NotFoundError
from evalkit.images.references import description_of, with_images

#: What cases of a version name, by database, version and models: a version never changes.
_CASES: dict[tuple[str, int, int | None, frozenset[str]], tuple[NamingText, ...]] = {}
_MAX_KEPT = 200


def texts_that_name_models(session: Session, study_id: int) -> tuple[NamingText, ...]:
    """Find the texts of a study, beside the responses, that name one of its models.

    Looked at are the name of the study, what it tells its annotators, criteria and tags, and of
    each case its category, input, context and tools. What a lead wrote comes first, then cases by
    their id.
    """
    study = session.get(Study, study_id)
    if study is None:
        raise NotFoundError("This study does not exist any more.")
    models = frozenset(
        session.exec(
            select(Model.name)
            .join(Run, col(Run.model_id) == Model.id)
            .join(StudyRun, col(StudyRun.run_id) == Run.id)
            .where(StudyRun.study_id == study_id)
        ).all()
    )
    names = ModelNames.of(models)
    written = tuple(
        NamingText(where, words)
        for where, text in _written(session, study)
        if (words := names.found_in(text))
    )
    key = (
        session.get_bind().engine.url.render_as_string(),
        study.eval_set_version_id,
        None if study.n_drawn is None else study.id,
        models,
    )
    if key not in _CASES:
        if len(_CASES) >= _MAX_KEPT:
            _CASES.clear()
        _CASES[key] = tuple(_cases(session, study, names))
    return (*written, *_CASES[key])


def _written(session: Session, study: Study) -> Iterator[tuple[str, str]]:
    """Give what a lead wrote, and where."""
    yield "the name of the study", study.name
    yield "what the study is about", study.about
    yield "whom to ask", study.contact
    yield "the guidelines", study.guidelines
    for criterion in session.exec(
        select(Criterion)
        .where(Criterion.rubric_id == study.rubric_id)
        .order_by(col(Criterion.position))
    ):
        texts = [criterion.key, criterion.question, criterion.description or ""]
        texts += [
            str(level.get(part) or "") for level in criterion.scale for part in ("label", "anchor")
        ]
        texts += [str((criterion.range or {}).get(end) or "") for end in ("low", "high")]
        yield f"the criterion “{criterion.question}”", "\n".join(texts)
    for tag in session.exec(
        select(Tag).where(Tag.taxonomy_id == study.taxonomy_id).order_by(col(Tag.position))
    ):
        yield (
            f"the tag “{tag.name or tag.key}”",
            "\n".join((tag.key, tag.name or "", tag.definition or "")),
        )


def _cases(session: Session, study: Study, names: ModelNames) -> Iterator[NamingText]:
    """Find the cases that name a model; of plain words only those written as names are."""
    rows = session.exec(
        select(Case)
        .join(VersionCase, col(VersionCase.case_id) == Case.id)
        .where(is_asked_for(study))
        .order_by(Case.key, col(Case.id))
        .execution_options(yield_per=500)
    )
    for case in rows:
        messages = with_images(case.input, description_of)
        texts = texts_of([messages, case.context or [], case.tools or [], case.checklist or []])
        text = "\n".join((case.category or "", *texts))
        if words := names.found_in(text, as_names=True):
            yield NamingText(f"the case “{case.key}”", words)
