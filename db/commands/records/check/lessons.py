"""Lessons of a file: each once, and examples that a judge of the study could be shown."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from db.commands.records.check.references import CRITERION_OF_LABEL
from db.commands.records.lessons import EXAMPLE, EXAMPLE_PAIR, FIRST_LESSON
from db.commands.records.staging import Staging
from evalkit.annotation.draft import NOTHING, Draft, parse_draft
from evalkit.errors import RefusedError
from evalkit.judging.few_shot import MOST_FEW_SHOT
from evalkit.judging.split import Split, split_of
from evalkit.records import Problems, shown
from evalkit.records.lessons import FEW_SHOT
from evalkit.scale import ScaleRange
from evalkit.vocabulary import JudgeTask

_SIDE = "left"

_LESSONS = f"""
CREATE TABLE lesson AS
SELECT label.line, label.db_id, label.type, label.annotator, label.digest, label.body,
    "case".id AS "case", lefts.id AS left, rights.id AS right,
    ({CRITERION_OF_LABEL}) AS criterion
FROM label JOIN "case" ON "case".key = label."case"
LEFT JOIN output AS lefts ON lefts."case" = label."case" AND lefts.run = label.left_run
LEFT JOIN output AS rights ON rights."case" = label."case" AND rights.run = label.right_run
WHERE label.type >= {FIRST_LESSON} ORDER BY label.line
"""

_DROP_REPEATED = """
DELETE FROM lesson WHERE line > 0 AND EXISTS (
    SELECT 1 FROM lesson AS earlier
    WHERE earlier.digest = lesson.digest AND earlier.line < lesson.line
)
"""

_EXAMPLES = f"""
SELECT label.line, label.body, "case".hash FROM label JOIN "case" ON "case".key = label."case"
WHERE label.type IN ({EXAMPLE}, {EXAMPLE_PAIR}) AND label.line > 0 ORDER BY label.line
"""

_IN_USE = f"""
SELECT line, json_extract(body, '$.task') FROM lesson
WHERE type IN ({EXAMPLE}, {EXAMPLE_PAIR}) AND json_extract(body, '$.removed_at') IS NULL
ORDER BY line
"""


class _Asked(NamedTuple):
    """What the study's rubric and taxonomy ask of a response."""

    values: dict[str, set[float]]
    ranges: dict[str, ScaleRange]
    tags: set[str]


def sort_lessons(staging: Staging, problems: Problems) -> None:
    """Leave what is new of the file; refuse more examples than a judge is shown."""
    staging.script(
        (
            "DROP TABLE IF EXISTS lesson",
            _LESSONS,
            "CREATE INDEX lesson_digest ON lesson (digest, line)",
            _DROP_REPEATED,
        )
    )
    n_shown = dict.fromkeys(JudgeTask, 0)
    for line, task in staging.db.execute(_IN_USE).fetchall():
        n_shown[JudgeTask(task)] += 1
        if n_shown[JudgeTask(task)] > MOST_FEW_SHOT and line > 0:
            expected = f"at most {MOST_FEW_SHOT} that were not removed, with those of the study"
            problems.add(line, "task", f"one {FEW_SHOT} more of {shown(task)}", expected)


def check_examples(staging: Staging, problems: Problems) -> None:
    """Check that the answers of examples are ones that their task and rubric allow."""
    rows = staging.db.execute(_EXAMPLES).fetchall()
    asked = _asked(staging) if rows else None
    for line, body, content_hash in rows:
        fields = json.loads(body)
        if (part := split_of(content_hash)) is not Split.TRAIN:
            expected = "a case of the train split: on the others judges are chosen and tested"
            problems.add(line, "case", f"{shown(fields['case'])} of the {part} split", expected)
        try:
            draft = parse_draft(fields["answer"])
        except RefusedError as refused:
            problems.add(line, "answer", str(refused), "an answer as an annotator gives it")
            continue
        if asked is not None:
            for entered, expected in _faults(JudgeTask(fields["task"]), draft, asked):
                problems.add(line, "answer", entered, expected)


def _asked(staging: Staging) -> _Asked:
    values: dict[str, set[float]] = {}
    ranges: dict[str, ScaleRange] = {}
    for key, extent, value in staging.db.execute(_SCALES):
        if extent is not None:
            ranges[key] = ScaleRange(**json.loads(extent))
        else:
            values.setdefault(key, set()).add(value)
    return _Asked(values, ranges, {key for (key,) in staging.db.execute(_TAGS)})


def _faults(task: JudgeTask, draft: Draft, asked: _Asked) -> Iterator[tuple[str, str]]:
    """Yield what an answer holds that nobody is asked for, and what is expected instead."""
    if task is JudgeTask.PAIR:
        if draft.preference is None:
            yield "no preference", "the preference, as the answer to a pair"
        return
    response = draft.responses.get(_SIDE, NOTHING)
    if response == NOTHING and task is JudgeTask.SCORES:
        yield f"nothing on the {_SIDE}", f"scores of the one response, which stands {_SIDE}"
    for key, score in response.scores.items():
        extent = asked.ranges.get(key)
        if extent is None and key not in asked.values:
            yield shown(key), "a scored criterion of the study's rubric"
        elif extent is not None and not extent.holds(score):
            yield shown(score), f"a value of {shown(key)}: {extent.in_words()}"
        elif extent is None and score not in asked.values[key]:
            listed = ", ".join(f"{value:g}" for value in sorted(asked.values[key]))
            yield shown(score), f"a value of {shown(key)}: {listed}"
    for key in (*response.tags, *(mark.tag for mark in response.marks)):
        if key not in asked.tags:
            yield shown(key), "a tag of the study's taxonomy"


_SCALES = """
SELECT criterion.key, criterion.extent, level.value FROM criterion
LEFT JOIN level ON level.criterion = criterion.id WHERE is_main AND NOT is_text
"""
_TAGS = "SELECT key FROM tag WHERE is_main"
