"""What export formats are made of: a study as records, as judged cases, as pairs agreed on."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from evalkit.study.collected import Criterion
from evalkit.vocabulary import AnnotatorKind, ConsensusRule, Preference

#: Model and run of a response.
Side = tuple[str, str]

#: How several answers on a single response can become one.
RULES_OF_RESPONSES = (ConsensusRule.MAJORITY, ConsensusRule.ADJUDICATED)

#: A piece of a file: text, or bytes of a format that has no lines.
Chunk = str | bytes


class FileFormat(StrEnum):
    """What a study can be written as, by what one types."""

    EVALKIT = "evalkit"
    CSV = "csv"
    CSV_WIDE = "csv-wide"
    PARQUET = "parquet"
    DPO = "dpo"
    OPENAI_DPO = "openai-dpo"
    KTO = "kto"
    OPENAI_SFT = "openai-sft"
    ALPACA_EVAL = "alpaca-eval"
    MT_BENCH = "mt-bench"
    ARENA_RANK = "arena-rank"
    EVALICA = "evalica"
    ALT_TEST = "alt-test"
    JUDGY = "judgy"
    ARGILLA = "argilla"
    LANGFUSE = "langfuse"
    LANGSMITH = "langsmith"
    PROMPTFOO = "promptfoo"


class ExportOption(StrEnum):
    """What can be chosen of an export, where its format has room for it."""

    SUPERSEDED = "include_superseded"
    TEXTS = "texts"
    JUDGES = "judges"
    CRITERION = "criterion"
    RULE = "rule"
    ALSO = "also"
    AGAINST = "against"


class HeldBack(StrEnum):
    """Cases that stay out of what is trained on, unless somebody asks for them."""

    CANARIES = "canaries"
    ANCHORS = "anchors"
    GOLD = "gold"
    DEV = "dev"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What was chosen of an export.

    ``against`` names eval sets that nothing trained on may overlap with; ``also`` is what is
    written though it is held back by default.
    """

    include_superseded: bool = False
    texts: bool = False
    judges: bool = False
    criterion: str | None = None
    rule: ConsensusRule = ConsensusRule.MAJORITY
    also: tuple[HeldBack, ...] = ()
    against: tuple[str, ...] = ()

    def chosen(self) -> list[ExportOption]:
        """Return the options that are not as they would be without a choice."""
        usual = ExportOptions()
        return [
            option for option in ExportOption if getattr(self, option) != getattr(usual, option)
        ]


@dataclass(frozen=True, slots=True)
class Label:
    """One comparison, ranking, score, check, error mark or answer with the ids of its rows.

    An answer is an annotation that judges nothing, and has its id.

    A superseded one without ``has_successor`` was withdrawn: an edit took it back and put
    nothing in its place, which the record format cannot say.
    """

    id: int
    annotation_id: int
    assignment_id: int
    case_id: int
    record: dict[str, Any]
    category: str | None
    is_superseded: bool
    has_successor: bool

    @property
    def counts(self) -> bool:
        """Tell whether it is part of the study's results."""
        return not self.is_superseded


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """A case with its responses and all labels on them that count, in the order they came.

    ``outputs`` are records by model and run; ``split`` is the part of the cases it belongs to.
    """

    record: dict[str, Any]
    content_hash: str
    split: str
    outputs: Mapping[Side, dict[str, Any]]
    labels: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class AgreedPair:
    """Two responses of a case, and what annotators agree on, by the rule in use.

    ``answer`` is LEFT where ``chosen`` is better, else a tie or both bad, of which the order says
    nothing. ``agreement`` is the share of the ``n`` who gave that answer, ``confidence`` how
    probable it is by the model that weighs annotators (``NaN`` without one), ``strength`` the
    mean grade of ``chosen``, ``NaN`` where nobody said by how much.
    """

    case: dict[str, Any]
    content_hash: str
    split: str
    chosen: dict[str, Any]
    rejected: dict[str, Any]
    answer: Preference
    n: int
    agreement: float
    confidence: float
    strength: float
    ids: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Pass:
    """How many of those who judged a response say that it passes, and what a lead decided."""

    n_passed: int
    n_said: int
    decided: bool | None = None

    @property
    def passes(self) -> bool | None:
        """Say what was decided, else what more than half say; None where they are divided."""
        if self.decided is not None:
            return self.decided
        return None if 2 * self.n_passed == self.n_said else 2 * self.n_passed > self.n_said


@dataclass(frozen=True, slots=True)
class Passes:
    """Which responses pass, after people and after each judge, by the response's row number."""

    measure: str
    people: Mapping[int, Pass]
    judges: Mapping[str, Mapping[int, Pass]]


class Source(Protocol):
    """A study that is being written; everything is read as it is asked for, some at a time."""

    study: str
    options: ExportOptions
    #: Why some of what could have been written was not, with how many: filled while writing.
    left_out: dict[str, int]
    #: How many rows were written so far, headings left out.
    n_rows: int
    #: Of how many rows a lead's decision is the answer.
    n_adjudicated: int

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield everything, in the record format."""

    def labels(self, *, by_case: bool = False) -> Iterator[Label]:
        """Yield every label, superseded ones too."""

    def annotators(self) -> list[tuple[str, str]]:
        """Return kind and name of whoever judged."""

    def cases(self) -> Iterator[JudgedCase]:
        """Yield the cases of the study, with and without labels."""

    def case_of(self, case_id: int) -> JudgedCase:
        """Return a case by its row number, without its labels."""

    def pairs(self, *, ties: bool = False) -> Iterator[AgreedPair]:
        """Yield the pairs agreed on that may be trained on; with ``ties`` those of no winner."""

    def passes(self) -> Passes:
        """Return which responses pass."""

    def responses(self, ids: Iterable[int]) -> Iterator[tuple[int, JudgedCase, dict[str, Any]]]:
        """Yield id, case and record of responses that may be trained on, of those with these."""

    def criteria(self) -> tuple[dict[str, Any], ...]:
        """Return the criteria of the study's rubric as records."""

    def scored(self) -> Criterion | None:
        """Return the criterion in use; None where it is the preference."""

    def judge_messages(self, case: int, left: int, right: int) -> list[dict[str, Any]]:
        """Return what our judge is asked about two outputs, masked as for annotators."""


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One kind of file: what one types, what it is for, and how it is written.

    Attributes
    ----------
    title, purpose : str
        Its name on the page, and one line on what it is for.
    ending : str
        What its files end in, the point too.
    unit : str
        What a row of it is called, in the singular.
    write : callable
        Yields the file piece by piece, and counts its rows.
    options : frozenset of ExportOption
        The choices it has room for.
    rules : tuple of ConsensusRule
        Of the choice of a rule, where it has room for that.
    is_for_training : bool
        Whether what is held back from training stays out of it.
    needs_pairs : bool
        Whether there is nothing to write where single responses were judged.
    """

    key: FileFormat
    title: str
    purpose: str
    ending: str
    unit: str
    write: Callable[[Source], Iterator[Chunk]]
    options: frozenset[ExportOption] = field(default_factory=frozenset)
    rules: tuple[ConsensusRule, ...] = tuple(ConsensusRule)
    is_for_training: bool = False
    needs_pairs: bool = False


def is_judge(record: Mapping[str, Any]) -> bool:
    """Tell whether a label is a judge's."""
    return record.get("annotator_kind") == AnnotatorKind.JUDGE
