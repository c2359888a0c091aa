"""Start a study, close it to new work, open it again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select, update

from db.commands.rubrics import store_rubric, store_taxonomy
from db.commands.units import count_units, locked_study
from db.engine import read_session, write_session
from db.models import (
    AgreementTold,
    Annotation,
    Assignment,
    AuditEvent,
    GoldAnswer,
    InstructionsRead,
    Question,
    ResultsState,
    Rubric,
    Study,
    StudyCase,
    StudyGroup,
    StudyPerson,
    StudyRun,
    Taxonomy,
    Unit,
    UnitPair,
    VerdictAcceptance,
    WorkCount,
)
from db.queries.annotation.work import planned_cases
from db.queries.planning import newest_version, run_of, stored_definition
from evalkit.annotation.assignment.sample import sampled_cases
from evalkit.annotation.rubric import DEFAULT_RUBRIC, DEFAULT_RUBRIC_NAME, READY_GUIDELINES
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY, DEFAULT_TAXONOMY_NAME
from evalkit.phrases import joined
from evalkit.severity import read_severities
from evalkit.stats.penalties import ErrorWeights
from evalkit.vocabulary import LEAST_RANKED, MOST_RANKED, LeakPolicy, TaskKind

MAX_NAME_LENGTH = 120

#: What goes with a study that is discarded, in this order.
_OF_A_STUDY: tuple[Any, ...] = (
    AgreementTold,
    InstructionsRead,
    GoldAnswer,
    Assignment,
    Unit,
    UnitPair,
    WorkCount,
    StudyRun,
    StudyCase,
    StudyPerson,
    StudyGroup,
    ResultsState,
)

#: What annotators are asked for unless a lead chooses, in the order of the form.
COLLECTED = ("preference", "scores", "tags", "comment")
#: What they can be asked for of their preference besides, if a lead wishes.
OF_PREFERENCE = ("strength", "certainty", "preferences")


def collected_of(kind: TaskKind) -> tuple[str, ...]:
    """Return what annotators of a study of a kind are asked for unless a lead chooses."""
    return {
        TaskKind.PAIR: COLLECTED,
        TaskKind.SINGLE: COLLECTED[1:],
        TaskKind.RANK: ("preference", "comment"),  # five rubrics beside are much to ask
    }[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPlan:
    """What a lead decides about a study.

    ``models`` are model names, or ``name:run`` where a model has several runs. ``rubric`` and
    ``taxonomy`` are names (their newest version is used; the ready ones are made when missing),
    or None to go without. ``pairs_per_case`` None shows every model once per case.
    ``n_cases`` is for how many cases, drawn by category, it asks; None: for all. Where ``kind``
    shows each response alone, one model is enough and there are no pairs; where it ranks them, the
    preference is the ranking, of ``ranked_per_case`` responses (None: as many as there are, up to
    five). ``guidelines`` None are the ready ones of its kind.
    """

    name: str
    eval_set: str
    models: Sequence[str]
    kind: TaskKind = TaskKind.PAIR
    rubric: str | None = DEFAULT_RUBRIC_NAME
    taxonomy: str | None = DEFAULT_TAXONOMY_NAME
    about: str = ""
    contact: str = ""
    guidelines: str | None = None
    tells_agreement: bool = False
    overlap: int = 2
    pairs_per_case: int | None = None
    ranked_per_case: int | None = None
    n_cases: int | None = None
    collects: frozenset[str] = field(default_factory=lambda: frozenset(COLLECTED))
    leak_policy: LeakPolicy = LeakPolicy.MASK
    seed: int = 0

    @property
    def shown_per_case(self) -> int:
        """How many pairs of a case, or single responses, are judged; or how many are ranked."""
        if self.kind == TaskKind.SINGLE:
            return len(self.models)
        if self.kind == TaskKind.RANK:
            return self.ranked_per_case or min(len(self.models), MOST_RANKED)
        return self.pairs_per_case or (len(self.models) + 1) // 2

    @property
    def asked_rubric(self) -> str | None:
        """The rubric, where something is asked for on its criteria."""
        return self.rubric if {"scores", "preferences"} & self.collects else None

    @property
    def asked_taxonomy(self) -> str | None:
        """The taxonomy, where error tags are asked for."""
        return self.taxonomy if "tags" in self.collects else None


def create_study(plan: StudyPlan, *, actor_id: int | None = None) -> int:
    """Start a study on the newest version of an eval set and return its id."""
    try:
        return _store_study(plan, actor_id=actor_id)
    except IntegrityError:  # somebody else took the name at the same moment
        raise _taken(plan) from None


def planned_study(session: Session, plan: StudyPlan) -> tuple[Study, list[int]]:
    """Return a study as it is planned, not stored and without definitions, with its runs.

    Raises
    ------
    RefusedError
        If the plan cannot work, or names what is not there.
    """
    _check(plan)
    version_id = newest_version(session, plan.eval_set)
    run_ids = [run_of(session, plan.eval_set, version_id, model) for model in plan.models]
    if len(set(run_ids)) < len(run_ids):
        raise RefusedError("The same run of a model is named twice. Name each one once.")
    study = Study(
        name=plan.name.strip(),
        eval_set_version_id=version_id,
        about=plan.about.strip(),
        contact=plan.contact.strip(),
        guidelines=_guidelines(plan).strip(),
        tells_agreement=plan.tells_agreement,
        task_kind=plan.kind.value,
        overlap=plan.overlap,
        pairs_per_case=plan.shown_per_case,
        seed=plan.seed,
        collects_preference="preference" in plan.collects,
        collects_strength="strength" in plan.collects,
        collects_certainty="certainty" in plan.collects,
        collects_criterion_preferences="preferences" in plan.collects,
        collects_scores="scores" in plan.collects,
        collects_tags="tags" in plan.collects,
        collects_comment="comment" in plan.collects,
        leak_policy=plan.leak_policy.value,
    )
    return study, run_ids


def stored_rubric(session: Session, plan: StudyPlan) -> int | None:
    """Return the id of the rubric a plan asks for; None for none, and for the ready one not yet."""
    return stored_definition(session, Rubric, plan.asked_rubric, ready=DEFAULT_RUBRIC_NAME)


def stored_taxonomy(session: Session, plan: StudyPlan) -> int | None:
    """Return the same of its taxonomy."""
    return stored_definition(session, Taxonomy, plan.asked_taxonomy, ready=DEFAULT_TAXONOMY_NAME)


def _store_study(plan: StudyPlan, *, actor_id: int | None) -> int:
    """Store a study; its cases are drawn before the lock, for that reads all there are."""
    with read_session() as session:
        study, run_ids = planned_study(session, plan)
        drawn = None
        if plan.n_cases is not None:
            cases = planned_cases(session, study, run_ids)
            drawn = sampled_cases(cases, plan.n_cases, seed=plan.seed, kind=plan.kind)
    with write_session() as session:
        if session.exec(select(Study.id).where(Study.name == study.name)).first():
            raise _taken(plan)
        study.rubric_id, study.taxonomy_id = _rubric(session, plan), _taxonomy(session, plan)
        study.created_by_id, study.n_drawn = actor_id, plan.n_cases
        session.add(study)
        session.flush()
        assert study.id is not None  # flushed
        session.add_all(StudyRun(study_id=study.id, run_id=run_id) for run_id in run_ids)
        # Drawn once: what is imported later changes none of them.
        session.add_all(
            StudyCase(study_id=study.id, case_id=case_id, inclusion_probability=chance)
            for case_id, chance in (drawn or {}).items()
        )
        session.add(
            AuditEvent(actor_id=actor_id, action="create study", subject=f"study {study.name}")
        )
        count_units(session, study)
        return study.id


def _guidelines(plan: StudyPlan) -> str:
    return READY_GUIDELINES[plan.kind] if plan.guidelines is None else plan.guidelines


def _taken(plan: StudyPlan) -> RefusedError:
    return RefusedError(
        f"There is already a study named “{plan.name.strip()}”. Choose another name."
    )


def set_study_open(study_id: int, *, is_open: bool, actor_id: int | None = None) -> None:
    """Open a study to new work, or close it; what was submitted stays as it is."""
    with write_session() as session:
        study = _existing(session, study_id)
        study.is_open = is_open
        session.add(study)
        if is_open and not study.are_units_current:
            count_units(session, study)
        session.add(
            AuditEvent(
                actor_id=actor_id,
                action="open study" if is_open else "close study",
                subject=f"study {study.name}",
            )
        )


def weigh_errors(study_id: int, *, weights: ErrorWeights, actor_id: int | None = None) -> None:
    """Set what errors weigh in the taxonomy of a study, and so in every study that uses it.

    The tags are those of the study; one without a taxonomy of its own is refused. Kept is what
    the taxonomy does not say itself, of its own severities.
    """
    with write_session() as session:
        study = _existing(session, study_id)
        taxonomy = session.get(Taxonomy, study.taxonomy_id) if study.taxonomy_id else None
        if taxonomy is None:
            raise RefusedError(f"“{study.name}” has no taxonomy, so its errors cannot be weighed.")
        own = {each.key: each.weight for each in read_severities(taxonomy.severities)}
        written = {severity.key: severity.weight for severity in weights.severities}
        written |= {f"{severity}:{tag}": weight for (tag, severity), weight in weights.tags.items()}
        changed = {
            of: weight
            for of, weight in written.items()
            if of.partition(":")[0] in own and own.get(of) != weight
        }
        taxonomy.weights = changed or None
        session.add(taxonomy)
        session.add(
            AuditEvent(
                actor_id=actor_id,
                action="weigh errors",
                subject=f"taxonomy {taxonomy.name}",
                details={"version": taxonomy.version, "weights": written},
            )
        )


def discard_study(study_id: int, *, actor_id: int | None = None) -> None:
    """Remove a study nobody has annotated, with what was only looked at or begun in it."""
    with write_session() as session:
        study = _existing(session, study_id)
        begun = select(Assignment.id).where(Assignment.study_id == study_id)
        if session.exec(
            select(Annotation.id).where(col(Annotation.assignment_id).in_(begun)).limit(1)
        ).first():
            raise RefusedError(
                f"“{study.name}” holds annotations, so it is kept. Close it to new work instead."
            )
        session.exec(
            update(VerdictAcceptance)
            .where(col(VerdictAcceptance.audit_study_id) == study_id)
            .values(audit_study_id=None)
        )
        session.exec(delete(Question).where(col(Question.assignment_id).in_(begun)))
        for table in _OF_A_STUDY:
            session.exec(delete(table).where(col(table.study_id) == study_id))
        session.add(
            AuditEvent(actor_id=actor_id, action="discard study", subject=f"study {study.name}")
        )
        session.delete(study)


def _existing(session: Session, study_id: int) -> Study:
    study = locked_study(session, study_id)
    if study is None:
        raise NotFoundError("This study does not exist any more.")
    return study


def _check(plan: StudyPlan) -> None:
    """Refuse a plan that cannot work, whoever made it: a page, the command line, a script."""
    name = plan.name.strip()
    if not name or len(name) > MAX_NAME_LENGTH:
        raise RefusedError(f"A study needs a name of 1 to {MAX_NAME_LENGTH} characters.")
    {
        TaskKind.SINGLE: _check_single,
        TaskKind.PAIR: _check_pairs,
        TaskKind.RANK: _check_rankings,
    }[plan.kind](plan)
    if plan.ranked_per_case is not None and plan.kind != TaskKind.RANK:
        raise RefusedError("Only where responses are ranked can be said how many. Leave it out.")
    if not 1 <= plan.overlap <= 20:
        raise RefusedError(f"The overlap must be between 1 and 20 annotators, not {plan.overlap}.")
    known = (*COLLECTED, *OF_PREFERENCE)
    if unknown := plan.collects - set(known):
        raise RefusedError(
            f"Annotators cannot be asked for {', '.join(sorted(unknown))}. "
            f"Choose from {', '.join(known)}."
        )
    if "preferences" in plan.collects and plan.rubric is None:
        raise RefusedError(
            "Preferences by criterion need a rubric. Name one, or do not ask for them."
        )
    if "scores" in plan.collects and plan.rubric is None:
        raise RefusedError("Scores need a rubric. Name one, or do not ask for scores.")
    if "tags" in plan.collects and plan.taxonomy is None:
        raise RefusedError("Error tags need a taxonomy. Name one, or do not ask for tags.")


def _check_pairs(plan: StudyPlan) -> None:
    if len(plan.models) < 2:
        raise RefusedError(
            "A study that compares needs at least two models. Name two or more, or show each "
            "response alone."
        )
    n_pairs = len(plan.models) * (len(plan.models) - 1) // 2
    if plan.pairs_per_case is not None and not 1 <= plan.pairs_per_case <= n_pairs:
        raise RefusedError(
            f"{len(plan.models)} models make {n_pairs} pairs, so a case can show 1 to {n_pairs} "
            f"of them, not {plan.pairs_per_case}."
        )
    if not plan.collects - {"comment", *OF_PREFERENCE}:
        raise RefusedError("Ask annotators for a preference, scores or error tags.")
    if "preference" not in plan.collects and (idle := plan.collects & set(OF_PREFERENCE)):
        raise RefusedError(
            f"Without a preference annotators cannot be asked for its {joined(sorted(idle))}. "
            "Ask for the preference, too."
        )


def _check_rankings(plan: StudyPlan) -> None:
    """Refuse a ranking of too few or too many, or what nobody can be asked beside one."""
    n, most = plan.shown_per_case, min(len(plan.models), MOST_RANKED)
    if len(plan.models) < LEAST_RANKED:
        raise RefusedError(
            f"A study that ranks needs at least {LEAST_RANKED} models. Name more, or show two "
            "responses beside each other."
        )
    if not LEAST_RANKED <= n <= most:
        raise RefusedError(
            f"Of {len(plan.models)} models {LEAST_RANKED} to {most} responses can be ranked "
            f"together, not {n}."
        )
    if plan.pairs_per_case is not None:
        raise RefusedError("Where responses are ranked there are no pairs. Leave them out.")
    if "preference" not in plan.collects:
        raise RefusedError("Ask annotators for the ranking: it is what this study is for.")
    if plan.collects & set(OF_PREFERENCE) or plan.tells_agreement:
        raise RefusedError(
            "Of a ranking annotators cannot be asked for strength, certainty or preferences by "
            "criterion, nor be told whom they chose. Leave that out."
        )


def _check_single(plan: StudyPlan) -> None:
    """Refuse what a response alone cannot be asked about."""
    if not plan.models:
        raise RefusedError("A study needs a model whose responses are judged. Name one or more.")
    if plan.pairs_per_case is not None:
        raise RefusedError("Responses that are shown alone make no pairs. Leave their number out.")
    if plan.collects & {"preference", *OF_PREFERENCE} or plan.tells_agreement:
        raise RefusedError(
            "Between responses that are shown alone nobody can choose. Ask for scores or error "
            "tags, without a preference and without telling annotators whom they chose."
        )
    if not plan.collects - {"comment"}:
        raise RefusedError("Ask annotators for scores or error tags.")


def _rubric(session: Session, plan: StudyPlan) -> int | None:
    stored = stored_rubric(session, plan)
    if stored is None and plan.asked_rubric:
        return store_rubric(session, name=plan.asked_rubric, criteria=DEFAULT_RUBRIC)
    return stored


def _taxonomy(session: Session, plan: StudyPlan) -> int | None:
    stored = stored_taxonomy(session, plan)
    if stored is None and plan.asked_taxonomy:
        return store_taxonomy(session, name=plan.asked_taxonomy, tags=DEFAULT_TAXONOMY)
    return stored
