"""What can be chosen of an import."""

from collections.abc import Callable, Mapping
from typing import TypedDict

from evalkit.formats.read.mapping import ColumnMapping
from evalkit.formats.read.taking_in import WholeReading
from evalkit.redaction.redaction import Redaction
from evalkit.vocabulary import ElsewhereRule, LooksRule

#: Called with what is being done, how far it is, and how far it will go.
Progress = Callable[[str, int, int], None]


class Choices(TypedDict, total=False):
    """What can be chosen of an import; whatever is not, the files say.

    The eval set is the one named here, else in a header; so is the study, which files with
    annotations get by the eval set's name where nobody names one. ``looks`` says what counts of
    what the same annotator judged again without an assignment; else the latest look does.
    ``elsewhere`` says what becomes of cases and outputs of which no file has the text, also of
    those that are named and in no file; they are refused unless it is said that they are kept.
    ``formats`` says what files are, by their names, instead of what they were taken for,
    ``mapping`` reads by its columns what is not ours, and ``on_reading`` is told that before
    anything is checked or stored. ``redaction`` replaces what is personal before anything is
    stored; without it texts are stored as they are. ``drawn`` has, by their ids, the stratum and
    the chance of cases that were drawn from a log. With ``dry_run`` everything is checked and
    nothing stored.
    """

    eval_set: str | None
    study: str | None
    looks: LooksRule | None
    elsewhere: ElsewhereRule | None
    formats: Mapping[str, str] | None
    mapping: ColumnMapping | None
    redaction: Redaction | None
    drawn: Mapping[str, tuple[str, float]]
    dry_run: bool
    on_reading: Callable[[WholeReading], None] | None
    progress: Progress | None
    actor_id: int | None
