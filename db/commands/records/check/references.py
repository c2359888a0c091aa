"""What a file says against itself and against the database: doubles, references, scales."""

import json
from collections.abc import Iterable
from functools import lru_cache

from db.commands.records.check.definitions import Definition
from db.commands.records.join import OR_KEPT
from db.commands.records.lessons import (
    DECIDED_ERROR,
    DECIDED_PAIR,
    DECIDED_SCORE,
    EXAMPLE_PAIR,
    NOTE_ON_CRITERION,
    NOTE_ON_TAG,
)
from db.commands.records.staging import ANSWER, COMPARISON, GOLD_PAIR, Staging
from evalkit.records import MAX_PROBLEMS, Problems, shown
from evalkit.records.normal import message_text
from evalkit.scale import ScaleRange
from evalkit.vocabulary import CriterionLevel

#: What names its outputs as the sides of a pair.
_PAIRED = (COMPARISON, ANSWER, GOLD_PAIR, DECIDED_PAIR, EXAMPLE_PAIR)
#: What has a subject, which is the key of a criterion or of a tag.
_ON_SUBJECT = (DECIDED_SCORE, DECIDED_ERROR, NOTE_ON_CRITERION, NOTE_ON_TAG)

_TWICE = """
WITH first AS (SELECT {key}, MIN(line) AS line FROM {table} GROUP BY {key} HAVING COUNT(*) > 1)
SELECT later.line, later.{name}, earlier.line FROM first
JOIN {table} AS earlier ON {same_earlier} AND earlier.line = first.line
JOIN {table} AS later ON {same_later} AND later.line > first.line
WHERE later.digest <> earlier.digest{more} ORDER BY later.line LIMIT {limit}
"""

_DELETE_TWICE = """
DELETE FROM {table} WHERE id IN (
    SELECT id FROM (
        SELECT id, ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY line) AS place FROM {table}
    ) WHERE place > 1
)
"""

_NO_CASE = """
SELECT line, "case" FROM {table} AS staged WHERE line > 0
AND NOT EXISTS (SELECT 1 FROM "case" WHERE key = staged."case") ORDER BY line LIMIT ?
"""

_NO_OUTPUT = """
SELECT line, "case", {run}, type FROM label WHERE line > 0 AND {run} IS NOT NULL
AND (type > 0 OR name IS NULL)
AND EXISTS (SELECT 1 FROM "case" WHERE key = label."case")
AND NOT EXISTS (
    SELECT 1 FROM output WHERE output."case" = label."case" AND output.run = label.{run}
) ORDER BY line LIMIT ?
"""

_NOT_RANKED = """
SELECT label.line, label."case", run.value
FROM label, json_each(label.body, '$.order') AS place, json_each(place.value) AS run
WHERE label.line > 0 AND label.type = 0 AND label.name IS NOT NULL
AND EXISTS (SELECT 1 FROM "case" WHERE "case".key = label."case")
AND (label."case", run.value) NOT IN (SELECT "case", run FROM output) ORDER BY label.line LIMIT ?
"""

#: Cases that labels are about and a version does not hold; new cases are in the next one.
_UNHELD = """
SELECT EXISTS (
    SELECT 1 FROM "case" WHERE (
        db_id IS NULL
        OR db_id NOT IN (SELECT id FROM held_case WHERE is_newest = 0)
    ) AND key IN (SELECT "case" FROM label WHERE line > 0)
)
"""

_UNHELD_LINES = """
SELECT MIN(label.line), label."case" FROM label JOIN "case" ON "case".key = label."case"
WHERE label.line > 0 AND "case".db_id IS NOT NULL
AND "case".db_id NOT IN (SELECT id FROM held_case WHERE is_newest = 1)
GROUP BY label."case" ORDER BY MIN(label.line) LIMIT ?
"""

#: Labels of cases that the next version does not hold: of a text before it was revised.
_OF_FORMER = """
SELECT EXISTS (
    SELECT 1 FROM "case" WHERE db_id IS NOT NULL
    AND db_id NOT IN (SELECT id FROM held_case WHERE is_newest = 1)
    AND key IN (SELECT "case" FROM label WHERE line > 0)
)
"""

_NEW_TO_STUDY = """
SELECT MIN(line), "case" FROM label WHERE line > 0 AND "case" IN (
    SELECT key FROM "case" WHERE db_id IS NULL
    OR db_id NOT IN (SELECT id FROM held_case WHERE is_newest = 0)
) GROUP BY "case" ORDER BY MIN(line) LIMIT ?
"""

_BAD_SPAN = """
WITH mark AS (
    SELECT line, "case", left_run, json_extract(body, '$.start') AS start,
        json_extract(body, '$.end') AS stop, json_extract(body, '$.quote') AS quote
    FROM label WHERE type = 2 AND line > 0 AND json_extract(body, '$.end') IS NOT NULL
    AND json_extract(body, '$.step') IS NULL
)
SELECT mark.line, start, stop, quote, length(content), substr(content, start + 1, stop - start)
FROM mark JOIN output ON output."case" = mark."case" AND output.run = mark.left_run
WHERE stop > length(content) OR substr(content, start + 1, stop - start) <> quote
ORDER BY mark.line LIMIT ?
"""

_ON_STEPS = """
SELECT label.line, label.body, output.body FROM label
JOIN output ON output."case" = label."case" AND output.run = label.left_run
WHERE type = 2 AND label.line > 0 AND json_extract(label.body, '$.step') IS NOT NULL
AND content IS NOT NULL ORDER BY label.line
"""


def check_things(staging: Staging, problems: Problems) -> None:
    """Check cases, outputs and what labels refer to; leave one row for each case and output."""
    _check_doubles(staging, problems)
    files = "this file" if len(problems.files) == 1 else "these files"
    for table in ("output", "label"):
        for line, key in staging.db.execute(_NO_CASE.format(table=table), (MAX_PROBLEMS,)):
            expected = f"a case of {files} or of the eval set, {OR_KEPT}"
            problems.add(line, "case", shown(key), expected)
    names = {number: run for run, number in staging.runs.items()}
    for field, column in (("left", "left_run"), ("right", "right_run")):
        missing = staging.db.execute(_NO_OUTPUT.format(run=column), (MAX_PROBLEMS,))
        for line, key, run, kind in missing:
            model, run_name = names[run]
            wanted = f"{shown(model)} (run {shown(run_name)})"
            expected = f"a model with an output for case {shown(key)}, {OR_KEPT}"
            problems.add(line, field if kind in _PAIRED else "model", wanted, expected)
    for line, key, run in staging.db.execute(_NOT_RANKED, (MAX_PROBLEMS,)):
        model, run_name = names[run]
        expected = f"models with an output for case {shown(key)}, {OR_KEPT}"
        problems.add(line, "order", f"{shown(model)} (run {shown(run_name)})", expected)
    for line, start, end, quote, length, text in staging.db.execute(_BAD_SPAN, (MAX_PROBLEMS,)):
        if end > length:
            expected = f"at most {length}, the characters of the output"
            problems.add(line, "end", shown(end), expected)
        else:
            expected = f"{shown(text)}, the text from {start} to {end}"
            problems.add(line, "quote", shown(quote), expected)
    _check_steps(staging, problems)


def _check_steps(staging: Staging, problems: Problems) -> None:
    """Check marks on steps against the text of their step."""
    for line, mark, output in staging.db.execute(_ON_STEPS):
        fields = json.loads(mark)
        step, start, end = fields["step"], fields.get("start"), fields.get("end")
        steps = json.loads(output or "{}").get("content") or []
        if step >= len(steps):
            expected = f"a step of the output, which has {len(steps)}, counted from 0"
            problems.add(line, "step", shown(step), expected)
            continue
        text = message_text(steps[step].get("content"))
        quote = text[start:end] if end is not None else None
        if end is not None and end > len(text):
            expected = f"at most {len(text)}, the characters of the step"
            problems.add(line, "end", shown(end), expected)
        elif quote is not None and fields.get("quote") not in (None, quote):
            expected = f"{shown(quote)}, the text of the step from {start} to {end}"
            problems.add(line, "quote", shown(fields["quote"]), expected)


def _check_doubles(staging: Staging, problems: Problems) -> None:
    case = {
        "table": '"case"',
        "key": "key",
        "name": "key",
        "same_earlier": "earlier.key = first.key",
        "same_later": "later.key = first.key",
        "more": " OR (earlier.line > 0 AND later.life IS NOT earlier.life)"
        " OR (earlier.note IS NOT NULL AND later.note IS NOT earlier.note)",
    }
    output = {
        "table": "output",
        "key": '"case", run',
        "name": '"case"',
        "same_earlier": 'earlier."case" = first."case" AND earlier.run = first.run',
        "same_later": 'later."case" = first."case" AND later.run = first.run',
        "more": "",
    }
    for what, field, names in (("case", "id", case), ("output", "case", output)):
        for line, key, first in staging.db.execute(_TWICE.format(**names, limit=MAX_PROBLEMS)):
            where = problems.place(first) if first > 0 else "the eval set"
            problems.add(line, field, shown(key), f"the content that {where} has for this {what}")
        staging.db.execute(_DELETE_TWICE.format(**names))


def check_version(staging: Staging, problems: Problems) -> bool:
    """Check that labels are about cases of a version; tell if it must be the newest one.

    The study's version does where it holds every case, else the eval set's newest.
    """
    if not staging.count(_UNHELD):
        return False
    for line, key in staging.db.execute(_UNHELD_LINES, (MAX_PROBLEMS,)):
        problems.add(line, "case", shown(key), "a case of the newest version of the eval set")
    if staging.count("SELECT COUNT(*) FROM bound_case"):
        for line, key in staging.db.execute(_NEW_TO_STUDY, (MAX_PROBLEMS,)):
            expected = (
                "a case of the study's version, for the newest lacks others that the study asks: "
                "give these labels another study (--study)"
            )
            problems.add(line, "case", shown(key), expected)
    return True


def is_of_former(staging: Staging) -> bool:
    """Tell whether labels are about cases of an older version that the newest does not hold."""
    return bool(staging.count(_OF_FORMER))


def stage_definitions(
    staging: Staging, *, rubrics: Iterable[Definition], taxonomies: Iterable[Definition]
) -> None:
    """Stage the criteria and tags that labels may refer to."""
    staging.script(_DEFINITION_TABLES)
    staging.db.create_function("is_on_range", 2, _is_on_range, deterministic=True)
    for rubric in rubrics:
        for part in rubric.parts:
            extent = json.dumps(part["range"]) if "range" in part else None
            is_text = part["level"] == CriterionLevel.TEXT
            row = (rubric.name, rubric.version, part["key"], rubric.is_main, extent, is_text)
            staging.db.execute("INSERT INTO criterion VALUES (NULL, ?, ?, ?, ?, ?, ?)", row)
            criterion = staging.count("SELECT last_insert_rowid()")
            values = [(criterion, float(level["value"])) for level in part.get("scale", ())]
            staging.db.executemany("INSERT INTO level VALUES (?, ?)", values)
    is_known = not any(part.get("is_unsound") for _, part in staging.tags)
    for taxonomy in taxonomies:
        keys = [severity.key for severity in taxonomy.severities]
        for part in taxonomy.parts:
            allowed = json.dumps(part.get("severities", keys)) if is_known else None
            staging.db.execute(
                "INSERT INTO tag VALUES (NULL, ?, ?, ?, ?, ?)",
                (taxonomy.name, taxonomy.version, part["key"], taxonomy.is_main, allowed),
            )


@lru_cache(maxsize=1_000)  # one for each criterion, asked for every score
def _range(extent: str) -> ScaleRange:
    return ScaleRange(**json.loads(extent))


def _is_on_range(value: float, extent: str | None) -> bool:
    return extent is None or _range(extent).holds(value)


def check_scales(staging: Staging, problems: Problems) -> None:
    """Check that scores are on the scale of a criterion and error marks have a known tag."""
    unsound = {
        record["key"]
        for staged in (staging.criteria, staging.tags)
        for _, record in staged
        if record.get("is_unsound")
    }
    any_criterion = staging.count("SELECT COUNT(*) FROM criterion") > 0
    for line, key, version, kind in staging.db.execute(_NO_CRITERION, (MAX_PROBLEMS,)):
        if key in unsound:
            continue
        of_version = f" of rubric version {version}" if version is not None else ""
        expected = (
            f"a criterion{of_version} of the study's rubric"
            if any_criterion
            else "criterion records in this file, or a study that has a rubric (--study)"
        )
        problems.add(line, _named_by(kind, "criterion"), shown(key), expected)
    for line, key in staging.db.execute(_NO_CRITERION_PREFERRED, (MAX_PROBLEMS,)):
        if key not in unsound:
            problems.add(line, "criteria", shown(key), "scored criteria of the study's rubric")
    for line, value, key, scale in staging.db.execute(_OFF_SCALE, (MAX_PROBLEMS,)):
        listed = ", ".join(f"{level:g}" for level in json.loads(scale))
        held = f"a value of {shown(key)}: {listed}"
        asked = held if listed else f"no score, for {shown(key)} is answered in words (texts)"
        problems.add(line, "value", shown(value), asked)
    for line, value, key, extent in staging.db.execute(_OFF_RANGE, (MAX_PROBLEMS,)):
        words = _range(extent).in_words()
        problems.add(line, "value", shown(value), f"a value of {shown(key)}: {words}")
    for line, key in staging.db.execute(_NO_QUESTION, (MAX_PROBLEMS,)):
        asked = "a criterion of the study's rubric that is answered in words"
        problems.add(line, "texts", shown(key), asked)
    for line, item in staging.db.execute(_NO_ITEM, (MAX_PROBLEMS,)):
        problems.add(line, "item", shown(item), "an item of the checklist of its case")
    any_tag = staging.count("SELECT COUNT(*) FROM tag") > 0
    for line, key, kind in staging.db.execute(_NO_TAG, (MAX_PROBLEMS,)):
        if key not in unsound:
            needed = "tag records in this file, or a study that has a taxonomy (--study)"
            expected = "a tag of the study's taxonomy" if any_tag else needed
            problems.add(line, _named_by(kind, "tag"), shown(key), expected)
    for line, severity, key, allowed in staging.db.execute(_BAD_SEVERITY, (MAX_PROBLEMS,)):
        listed = ", ".join(json.loads(allowed)) or "no severity"
        problems.add(line, "severity", shown(severity), f"a severity of {shown(key)}: {listed}")


def _named_by(kind: int, field: str) -> str:
    return "subject" if kind in _ON_SUBJECT else field


_DEFINITION_TABLES = (
    "DROP TABLE IF EXISTS criterion",
    "DROP TABLE IF EXISTS level",
    "DROP TABLE IF EXISTS tag",
    "CREATE TABLE criterion (id INTEGER PRIMARY KEY, whole TEXT, version INTEGER, key TEXT, "
    "is_main INTEGER, extent TEXT, is_text INTEGER)",
    "CREATE TABLE level (criterion INTEGER, value REAL)",
    "CREATE TABLE tag (id INTEGER PRIMARY KEY, whole TEXT, version INTEGER, key TEXT, "
    "is_main INTEGER, severities TEXT)",
    "CREATE INDEX criterion_key ON criterion (key)",
    "CREATE INDEX level_value ON level (criterion, value)",
    "CREATE INDEX tag_key ON tag (key)",
)

#: Which criterion a score means: of the version it names, else of the study's rubric.
CRITERION_OF_LABEL = """
SELECT id FROM criterion WHERE criterion.key = label.name AND (
    criterion.version = label.rubric_version OR (label.rubric_version IS NULL AND is_main)
)
"""

#: Which tag an error mark means: of the study's taxonomy, else of the newest that has it.
TAG_OF_LABEL = """
SELECT id FROM tag WHERE tag.key = label.name ORDER BY is_main DESC, version DESC LIMIT 1
"""

_NO_CRITERION = f"""
SELECT line, name, rubric_version, type FROM label
WHERE type IN (1, 6, {DECIDED_SCORE}, {NOTE_ON_CRITERION})
AND line > 0 AND NOT EXISTS ({CRITERION_OF_LABEL}) ORDER BY line LIMIT ?
"""

_NO_CRITERION_PREFERRED = f"""
SELECT line, name FROM (
    SELECT line, each.key AS name, rubric_version
    FROM label, json_each(label.body, '$.criteria') AS each
    WHERE label.type = 0 AND line > 0
) AS label WHERE NOT EXISTS ({CRITERION_OF_LABEL} AND NOT is_text) ORDER BY line LIMIT ?
"""

_OFF_SCALE = f"""
SELECT line, json_extract(body, '$.value'), name,
    (SELECT json_group_array(value) FROM level WHERE criterion = of_label)
FROM (SELECT *, ({CRITERION_OF_LABEL}) AS of_label FROM label
    WHERE type IN (1, 6, {DECIDED_SCORE}) AND line > 0)
WHERE of_label IN (SELECT id FROM criterion WHERE extent IS NULL) AND NOT EXISTS (
    SELECT 1 FROM level WHERE criterion = of_label AND value = json_extract(body, '$.value')
) ORDER BY line LIMIT ?
"""

_OFF_RANGE = f"""
SELECT line, value, name, extent
FROM (
    SELECT line, name, json_extract(body, '$.value') AS value, ({CRITERION_OF_LABEL}) AS of_label
    FROM label WHERE type IN (1, 6, {DECIDED_SCORE}) AND line > 0
) AS label JOIN criterion ON criterion.id = of_label
WHERE NOT is_on_range(value, extent) ORDER BY line LIMIT ?
"""

_NO_ITEM = """
SELECT line, name FROM label WHERE type = 3 AND line > 0 AND NOT EXISTS (
    SELECT 1 FROM "case" JOIN checklist USING (line) WHERE "case".key = label."case" AND item = name
) ORDER BY line LIMIT ?
"""

_NO_QUESTION = """
SELECT line, answer.key
FROM label, json_each(extras, '$.texts') AS side, json_each(side.value) AS answer
WHERE line > 0 AND extras IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM criterion WHERE criterion.key = answer.key AND is_text)
ORDER BY line LIMIT ?
"""

_NO_TAG = f"""
SELECT line, name, type FROM label
WHERE type IN (2, 7, {DECIDED_ERROR}, {NOTE_ON_TAG}) AND line > 0 AND name IS NOT NULL
AND NOT EXISTS ({TAG_OF_LABEL}) ORDER BY line LIMIT ?
"""

_BAD_SEVERITY = f"""
SELECT line, json_extract(body, '$.severity'), label.name, tag.severities
FROM (SELECT *, ({TAG_OF_LABEL}) AS of_label FROM label WHERE type = 2 AND line > 0) AS label
JOIN tag ON tag.id = label.of_label
WHERE tag.severities IS NOT NULL AND json_extract(body, '$.severity') IS NOT NULL
AND NOT EXISTS (
    SELECT 1 FROM json_each(tag.severities) WHERE value = json_extract(body, '$.severity')
) ORDER BY line LIMIT ?
"""
