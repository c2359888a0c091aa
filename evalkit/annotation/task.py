"""What an annotator is shown: records that, by type, hold nothing that identifies a model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evalkit.scale import ScaleRange


@dataclass(frozen=True, slots=True)
class ScaleLevel:
    """One level of a criterion's scale, with the anchor sentence that says what it means."""

    value: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class TaskCriterion:
    """One question of the rubric; ``levels`` runs from lowest to highest.

    Where the scale is continuous it has a ``range`` and no levels, and neither where it is
    answered in words.
    """

    key: str
    question: str
    description: str
    levels: tuple[ScaleLevel, ...]
    required: bool
    range: ScaleRange | None = None

    @property
    def is_text(self) -> bool:
        """Tell whether it is answered in words: it has no scale."""
        return self.range is None and not self.levels

    def holds(self, value: float) -> bool:
        """Tell whether a value is on its scale."""
        if self.range is not None:
            return self.range.holds(value)
        return value in [level.value for level in self.levels]


@dataclass(frozen=True, slots=True)
class TaskItem:
    """One item of the checklist of a case: what a response should fulfil."""

    key: str
    question: str


@dataclass(frozen=True, slots=True)
class TaskSeverity:
    """One severity that can be chosen; ``gravity`` runs from 0, the mildest, to 1 by rank alone."""

    key: str
    name: str
    gravity: float


@dataclass(frozen=True, slots=True)
class TaskTag:
    """One kind of error that can be marked on a response."""

    key: str
    name: str
    definition: str
    severities: tuple[TaskSeverity, ...]


@dataclass(frozen=True, slots=True)
class BlindedResponse:
    """One blinded response: the text as it may be shown (masked where the study masks).

    ``text`` is empty if the model returned nothing, and ``None`` where it is in no file that was
    imported. ``steps`` is the trajectory of an agent as messages (``role``, ``content``,
    ``tool_calls``…), or ``None`` for a plain text response.
    """

    text: str | None
    steps: tuple[dict[str, Any], ...] | None = None


@dataclass(frozen=True, slots=True)
class ComparisonTask:
    """One assignment as its annotator sees it.

    Attributes
    ----------
    assignment_id : int
        Names the presentation; the only id that reaches the browser.
    messages, context, tools : tuple of dict
        The case: input messages, retrieved passages ``{id, text}``, tool schemas.
    responses : dict of str to BlindedResponse
        What is judged, by side: left alone, left and right, or up to five that are ranked.
    collect : frozenset of str
        Any of ``preference``, ``strength`` and ``certainty`` (of the preference), ``ranking``,
        ``scores``, ``tags``, ``comment``: what this study asks for.
    told : str
        Names what the study tells its annotators, as it is now.
    draft : dict
        What was entered so far: ``preference`` (str or None), ``strength`` and ``certainty`` (str,
        or absent), ``ranking`` (lists of sides, best first, or absent), ``scores``
        ``{"left": {key: value}, "right": {…}}``, ``tags`` ``{"left": {key: severity}, …}``,
        ``comment`` (str). Empty when nothing was entered. For a submitted assignment that is
        edited, what was last submitted.
    active_seconds : float
        Time already spent on this assignment, idle time cut.
    is_submitted : bool
        True when an earlier annotation is being edited.
    has_edit : bool
        True when ``draft`` is an edit that was kept and not submitted again.
    token, draft_mark, revision : str, str, int
        What the screen says of itself in all it sends, see `Opening`.
    n_done, n_total : int
        Of this annotator in this study: submitted, and all that are theirs to do.
    """

    assignment_id: int
    study_id: int
    study_name: str
    case_category: str
    messages: tuple[dict[str, Any], ...]
    context: tuple[dict[str, Any], ...]
    tools: tuple[dict[str, Any], ...]
    responses: Mapping[str, BlindedResponse]
    criteria: tuple[TaskCriterion, ...]
    tags: tuple[TaskTag, ...]
    collect: frozenset[str]
    guidelines: str
    told: str
    draft: dict[str, Any]
    active_seconds: float
    is_submitted: bool
    has_edit: bool
    token: str
    draft_mark: str
    revision: int
    previous_assignment_id: int | None
    next_assignment_id: int | None
    n_done: int
    n_total: int
    checklist: tuple[TaskItem, ...] = ()
