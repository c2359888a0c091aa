"""What a lead decides about a study, and what cannot work of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from evalkit.annotation.assignment.tasks import StudyTask
from evalkit.annotation.rubric import DEFAULT_RUBRIC_NAME
from evalkit.errors import RefusedError
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY_NAME
from evalkit.phrases import joined
from evalkit.vocabulary import LEAST_RANKED, MOST_RANKED, LeakPolicy, TaskKind

MAX_NAME_LENGTH = 120

#: What annotators are asked for unless a lead chooses, in the order of the form.
COLLECTED = ("preference", "scores", "tags", "comment")
#: What they can be asked for of their preference besides, if a lead wishes.
OF_PREFERENCE = ("strength", "certainty", "preferences")
#: What goes with a judgement and is none.
_BESIDE = {"comment", "assertion"}


def collected_of(kind: TaskKind) -> tuple[str, ...]:
    """Return what annotators of a study of a kind are asked for unless a lead chooses."""
    return {
        TaskKind.PAIR: COLLECTED,
        TaskKind.SINGLE: COLLECTED[1:],
        TaskKind.RANK: ("preference", "comment"),  # five rubrics beside are much to ask
    }[kind]


def collected_together(kinds: Sequence[TaskKind]) -> dict[TaskKind, frozenset[str]]:
    """Return the same for kinds that one study mixes.

    Where responses are scored alone, those that are compared are not scored once more.
    """
    usual = {kind: frozenset(collected_of(kind)) for kind in kinds}
    if TaskKind.SINGLE not in usual:
        return usual
    return {
        kind: collected if kind == TaskKind.SINGLE else collected - {"scores", "tags"}
        for kind, collected in usual.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlan:
    """What a lead decides about another kind of task beside the first one of a study.

    ``collects`` None is what fits its kind; the rest is as in `StudyPlan`.
    """

    kind: TaskKind
    overlap: int = 2
    pairs_per_case: int | None = None
    ranked_per_case: int | None = None
    share: float = 1.0
    collects: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPlan:
    """What a lead decides about a study.

    ``models`` are model names, or ``name:run`` where a model has several runs. ``rubric`` and
    ``taxonomy`` are names (their newest version is used; the ready ones are made when missing),
    or None to go without. ``pairs_per_case`` None shows every model once per case.
    ``n_cases`` is for how many cases, drawn by category, it asks; None: for all. Where ``kind``
    shows each response alone, one model is enough and there are no pairs; where it ranks them, the
    preference is the ranking, of ``ranked_per_case`` responses (None: as many as there are, up to
    five). ``share`` is of how many of these cases that is asked, from above 0 to 1: of all.
    ``beside`` are further kinds of task, each of its share of the cases. ``guidelines`` None are
    the ready ones of its kinds.
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
    suggests_tags: bool = False
    overlap: int = 2
    pairs_per_case: int | None = None
    ranked_per_case: int | None = None
    n_cases: int | None = None
    share: float = 1.0
    collects: frozenset[str] = field(default_factory=lambda: frozenset(COLLECTED))
    beside: Sequence[TaskPlan] = ()
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
    def kinds(self) -> tuple[TaskKind, ...]:
        """The kinds of task, the first one first."""
        return (self.kind, *(task.kind for task in self.beside))

    @property
    def asked(self) -> frozenset[str]:
        """What annotators give, in any kind of task."""
        return frozenset[str]().union(*(part.collects for part in self.parts()))

    @property
    def asked_rubric(self) -> str | None:
        """The rubric, where something is asked for on its criteria."""
        return self.rubric if {"scores", "preferences"} & self.asked else None

    @property
    def asked_taxonomy(self) -> str | None:
        """The taxonomy, where error tags are asked for."""
        return self.taxonomy if "tags" in self.asked else None

    def parts(self) -> tuple["StudyPlan", ...]:
        """Return each kind of task as a study of its own; of one kind that is the study itself."""
        if not self.beside:
            return (self,)
        first = replace(self, beside=(), tells_agreement=self._tells(self.kind))
        others = (
            replace(
                first,
                kind=task.kind,
                overlap=task.overlap,
                pairs_per_case=task.pairs_per_case,
                ranked_per_case=task.ranked_per_case,
                share=task.share,
                tells_agreement=self._tells(task.kind),
                collects=frozenset(collected_of(task.kind))
                if task.collects is None
                else task.collects,
            )
            for task in self.beside
        )
        return (first, *others)

    def as_task(self) -> StudyTask:
        """Return its first kind of task as it is stored."""
        return StudyTask(
            self.kind, self.overlap, self.shown_per_case, tuple(sorted(self.collects)), self.share
        )

    def _tells(self, kind: TaskKind) -> bool:
        """Tell whether annotators hear how they chose, of a kind or of no other that has a say."""
        return self.tells_agreement and (kind == TaskKind.PAIR or TaskKind.PAIR not in self.kinds)


def check_plan(plan: StudyPlan) -> None:
    """Refuse a plan that cannot work, whoever made it: a page, the command line, a script."""
    name = plan.name.strip()
    if not name or len(name) > MAX_NAME_LENGTH:
        raise RefusedError(f"A study needs a name of 1 to {MAX_NAME_LENGTH} characters.")
    if len(set(plan.kinds)) < len(plan.kinds):
        raise RefusedError("A study asks for each kind of task once. Name each kind only once.")
    for part in plan.parts():
        _check_task(part)
    if "preferences" in plan.asked and plan.rubric is None:
        raise RefusedError(
            "Preferences by criterion need a rubric. Name one, or do not ask for them."
        )
    if "scores" in plan.asked and plan.rubric is None:
        raise RefusedError("Scores need a rubric. Name one, or do not ask for scores.")
    if "tags" in plan.asked and plan.taxonomy is None:
        raise RefusedError("Error tags need a taxonomy. Name one, or do not ask for tags.")


def _check_task(plan: StudyPlan) -> None:
    """Refuse a kind of task that cannot work, as a study of its own."""
    {
        TaskKind.SINGLE: _check_single,
        TaskKind.PAIR: _check_pairs,
        TaskKind.RANK: _check_rankings,
    }[plan.kind](plan)
    if plan.ranked_per_case is not None and plan.kind != TaskKind.RANK:
        raise RefusedError("Only where responses are ranked can be said how many. Leave it out.")
    if not 1 <= plan.overlap <= 20:
        raise RefusedError(f"The overlap must be between 1 and 20 annotators, not {plan.overlap}.")
    if not 0 < plan.share <= 1:
        raise RefusedError(
            f"A kind of task is asked of more than 0 % and at most 100 % of the cases, not "
            f"{plan.share:.0%}."
        )
    known = (*COLLECTED, *OF_PREFERENCE, "assertion")
    if unknown := plan.collects - set(known):
        raise RefusedError(
            f"Annotators cannot be asked for {', '.join(sorted(unknown))}. "
            f"Choose from {', '.join(known)}."
        )


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
    if not plan.collects - _BESIDE - set(OF_PREFERENCE):
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
    if not plan.collects - _BESIDE:
        raise RefusedError("Ask annotators for scores or error tags.")
