"""A mapping of columns: which column is what, as it is typed, kept and checked.

A mapping is a list of ``ROLE=COLUMN``. A column may be a path into an object (``a.b``), and the
roles of labels are looked for in each entry of ``labels`` where that is mapped.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evalkit.errors import RefusedError
from evalkit.formats.read.interface import Beginning
from evalkit.formats.read.pieces import number

#: What a column can be, as it is explained to whoever makes a mapping.
ROLES = {
    "input": "what was asked: a text, or messages as JSON",
    "id": "what names the case; without it, the same input is the same case",
    "system": "the system prompt",
    "reference": "what a good response holds",
    "category": "the category of the case",
    "output": "the response, one a row",
    "model": "whose response it is, one a row",
    "outputs": "an object of responses by model",
    "annotator": "who judged",
    "preference": "which of two responses is better: left, right, tie, or a model",
    "labels": "a list of what people said, one object each",
    "rank": "an object of places by model, 1 the best",
    "marks": "a list of marked words, one object each",
    "mark_model": "in a mark, whose response it is in",
    "mark_text": "in a mark, its words",
    "latency_ms": "milliseconds a response took",
    "cost_usd": "what a response cost in US dollars",
    "input_tokens": "tokens read",
    "output_tokens": "tokens written",
    "created_at": "when it was answered",
}
#: Roles that take a name: ``output:NAME``, ``score:KEY``, ``range:KEY`` (not a column: 0..100).
NAMED = {
    "output": "the response of the model NAME, several a row",
    "score": "a score on the criterion KEY: a number, or an object of numbers by model",
    "range": "not a column but the ends of KEY's scale, as 0..100",
}
#: A backslash before an equals sign, or before another backslash, makes it part of the name.
_PAIR = re.compile(r"((?:\\[=\\]|[^=])*)(=)(.*)", re.DOTALL)
_BARRED_SIGN = re.compile(r"\\([=\\])")
_ESCAPED, _BARRED = re.compile(r"([=\\])"), r"\\\1"
#: Roles that are looked for in each label where labels are mapped, not in the row.
_OF_LABELS = ("annotator", "preference", "rank", "marks", "mark_model", "mark_text")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column is what: columns by role, and by name for roles that take one."""

    columns: Mapping[str, str]
    outputs: Mapping[str, str]
    scores: Mapping[str, str]
    ranges: Mapping[str, tuple[float, float]]
    name: str = ""

    @property
    def pairs(self) -> list[str]:
        """Return it as it is typed and kept."""
        return [
            *(pair(role, column) for role, column in self.columns.items()),
            *(pair("output", column, model) for model, column in self.outputs.items()),
            *(pair("score", column, key) for key, column in self.scores.items()),
            *(pair("range", f"{low:g}..{high:g}", key) for key, (low, high) in self.ranges.items()),
        ]


def pair(role: str, column: str, name: str | None = None) -> str:
    r"""Return a pair of a mapping as it is typed: ``\=`` is an equals sign within a name."""
    return f"{role}={column}" if name is None else f"{role}:{_ESCAPED.sub(_BARRED, name)}={column}"


def read_mapping(pairs: Iterable[str], *, name: str = "") -> ColumnMapping:
    """Read a mapping from what is typed, ``ROLE=COLUMN`` each.

    Raises
    ------
    RefusedError
        For a role that there is none of, one without a column, or no input and no response.
    """
    columns: dict[str, str] = {}
    named: dict[str, dict[str, str]] = {role: {} for role in NAMED}
    for each in pairs:
        match = _PAIR.fullmatch(each)
        role, equals, column = (part.strip() for part in match.groups()) if match else ("", "", "")
        kind, colon, of = (part.strip() for part in role.partition(":"))
        if not equals or not column or (kind if colon else role) not in {*ROLES, *NAMED}:
            known = ", ".join([*ROLES, *(f"{kind}:NAME" for kind in NAMED)])
            raise RefusedError(
                f"{each!r} is no ROLE=COLUMN. Roles are {known}. See docs/import.md#tables."
            )
        if colon and kind in NAMED and of:
            named[kind][_BARRED_SIGN.sub(r"\1", of)] = column
        elif role in ROLES:
            columns[role] = column
        else:
            raise RefusedError(f"{each!r} needs a name: {kind}:NAME={column}.")
    if "input" not in columns:
        raise RefusedError("A mapping needs input=COLUMN: which column is what was asked.")
    if "output" in columns and named["output"]:
        raise RefusedError("A row has one response (output=) or several (output:NAME=), not both.")
    if "preference" in columns and "outputs" not in columns and len(named["output"]) != 2:
        raise RefusedError("A preference is one of two responses: map both, output:NAME=COLUMN.")
    ranges = {key: _ends(key, text) for key, text in named["range"].items()}
    return ColumnMapping(columns, named["output"], named["score"], ranges, name)


def _ends(key: str, text: str) -> tuple[float, float]:
    low, dots, high = text.partition("..")
    ends = number(low), number(high)
    if not dots or ends[0] is None or ends[1] is None or ends[0] >= ends[1]:
        raise RefusedError(f"range:{key}={text} is no range such as 0..100.")
    return ends[0], ends[1]


def refuse_missing(mapping: ColumnMapping, start: Beginning) -> None:
    """Refuse a mapping of columns that a table lacks: nothing would be read from them.

    Raises
    ------
    RefusedError
        Naming them, and those that there are.
    """
    in_labels = "labels" in mapping.columns
    of_row = [
        *(
            column
            for role, column in mapping.columns.items()
            if role not in ("mark_model", "mark_text") and not (in_labels and role in _OF_LABELS)
        ),
        *mapping.outputs.values(),
        *(() if in_labels else mapping.scores.values()),
    ]
    columns = start.columns
    missing = [c for c in of_row if c not in columns and c.split(".")[0] not in columns]
    if columns and missing:
        raise RefusedError(
            f"{start.name} has no column {', '.join(map(repr, missing))}, which the mapping names. "
            f"Its columns are {', '.join(columns)}. Nothing was stored."
        )
