"""Texts that stand elsewhere: joined by id with the record that has them, in whichever file.

A record may name a case or an output and say that its text is elsewhere. It and a record of the
same id that has the text are one: what either says holds, and they may not contradict each other.
So a later import gives a text to what was stored without.
"""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from db.commands.records.digests import case_digests, case_life
from db.commands.records.staging import Staging
from db.models import ErrorMark
from db.queries.records.rows import batched
from evalkit.phrases import counted, joined, some
from evalkit.records import Problems, shown
from evalkit.records.names import DEFAULT_RUN
from evalkit.records.normal import fingerprint, message_text, normal, output_text
from evalkit.vocabulary import TextPlace

#: The tables of things that have a text, with what names one and the field of its text.
_KINDS = {"case": ("key", "input"), "output": ('"case", run', "content")}

#: How a file is taken that names what has no text anywhere.
OR_KEPT = "or that it is kept without its text (--elsewhere keep, a box on the page Import records)"

#: Nobody says that a plan was made of this before.
_ANEW = "UPDATE {table} SET db_id = NULL, is_filled = 0 WHERE line > 0"

_GROUPS = """
SELECT {key}, id, line, body, {content}, db_id, text_place FROM {table}
WHERE body IS NOT NULL AND ({key}) IN (SELECT {key} FROM {table} WHERE text_place IS NOT NULL)
ORDER BY {key}, line
"""

_MISSING_CASES = """
SELECT "case", MIN(line) FROM (
    SELECT "case", line FROM label WHERE line > 0 UNION ALL
    SELECT "case", line FROM output WHERE line > 0
) AS named WHERE "case" NOT IN (SELECT key FROM "case") GROUP BY "case" ORDER BY MIN(line)
"""

_MISSING_OUTPUTS = """
SELECT "case", run, MIN(line) FROM (
    SELECT "case", left_run AS run, line FROM label WHERE line > 0 UNION ALL
    SELECT "case", right_run, line FROM label WHERE line > 0 AND right_run IS NOT NULL UNION ALL
    SELECT "case", run.value, line
    FROM label, json_each(label.body, '$.order') AS place, json_each(place.value) AS run
    WHERE line > 0 AND label.type = 0 AND name IS NOT NULL
) AS named WHERE ("case", run) NOT IN (SELECT "case", run FROM output)
GROUP BY "case", run ORDER BY MIN(line)
"""

_ALONE = """
SELECT {key}, line FROM {table} WHERE text_place = 'elsewhere' AND db_id IS NULL ORDER BY line
"""


class _TextRow(NamedTuple):
    """One record of a thing whose text may be elsewhere, what names the thing apart."""

    id: int
    line: int
    names: dict[str, Any]
    fields: dict[str, Any]
    db_id: int | None
    text_place: str | None


#: What becomes of a case here, and no file undoes.
_LIFE = frozenset({"status", "watched"})


def join_texts(staging: Staging, problems: Problems) -> None:
    """Make one of the records of each case and output that say its text is elsewhere."""
    for kind, (key, text) in _KINDS.items():
        table = f'"{kind}"'
        staging.script((_ANEW.format(table=table),))
        for rows in list(_groups(staging, kind, key)):
            _join(staging, problems, kind, text, rows)


def add_what_is_named(staging: Staging) -> dict[str, int]:
    """Stage the cases and outputs that are named and in no file, as elsewhere; count them."""
    cases = staging.db.execute(_MISSING_CASES).fetchall()
    for key, line in cases:
        staging.add_case(line, {"type": "case", "id": key, "elsewhere": True})
    staging.flush()
    names = {number: run for run, number in staging.runs.items()}
    outputs = staging.db.execute(_MISSING_OUTPUTS).fetchall()
    for key, run, line in outputs:
        model, name = names[run]
        fields = {"type": "output", "case": key, "model": model, "elsewhere": True}
        staging.add_output(line, fields | ({"run": name} if name != DEFAULT_RUN else {}))
    staging.flush()
    return {"case": len(cases), "output": len(outputs)}


def without_text(staging: Staging, problems: Problems, *, keeps: bool) -> dict[str, int]:
    """Count the new cases and outputs that no file has the text of; refuse them, or keep them."""
    names = {number: run for run, number in staging.runs.items()}
    counts = {}
    for kind, (key, _) in _KINDS.items():
        alone = staging.db.execute(_ALONE.format(key=key, table=f'"{kind}"')).fetchall()
        if alone:
            counts[kind] = len(alone)
        if alone and not keeps:
            ids = [
                f"{row[0]} by {names[row[1]][0]}" if kind == "output" else row[0] for row in alone
            ]
            missing = (
                f"{counted(len(alone), kind)} whose text is in none of the files ({some(ids)})"
            )
            expected = f"a file with the text, {OR_KEPT}"
            problems.add(alone[0][-1], "elsewhere", missing, expected)
    return counts


def check_marks(session: Session, staging: Staging, problems: Problems) -> None:
    """Check the marks that are stored on what gets its text now: they quote it."""
    filled = "SELECT db_id, line, content, body FROM output WHERE is_filled AND content IS NOT NULL"
    for batch in batched(staging.db.execute(filled).fetchall(), 500):
        texts = {db_id: (line, content, body) for db_id, line, content, body in batch}
        marks: sa.Select[*tuple[Any, ...]] = sa.select(
            col(ErrorMark.output_id),
            col(ErrorMark.start),
            col(ErrorMark.end),
            col(ErrorMark.quote),
            col(ErrorMark.step),
        ).where(col(ErrorMark.output_id).in_(list(texts)), col(ErrorMark.end).is_not(None))
        for output_id, start, end, quote, step in session.connection().execute(marks):
            line, content, body = texts[output_id]
            if step is not None:
                steps = json.loads(body).get("content") or []
                content = message_text(steps[step].get("content")) if step < len(steps) else ""
            if end > len(content) or quote not in (None, content[start:end]):
                expected = f"{shown(quote)} from {start} to {end}, where a stored mark has it"
                problems.add(line, "content", shown(content[start:end]), expected)


def elsewhere_sentences(counts: dict[str, int], filled: dict[str, int]) -> tuple[str, ...]:
    """Say what is stored without its text, and what got one."""
    alone = joined([counted(n, kind) for kind, n in counts.items()])
    brought = joined([counted(n, kind) for kind, n in filled.items() if n])
    sentences = (
        alone
        and f"The text of {alone} is in none of the files: annotators are not given them "
        "until an import brings it.",
        brought and f"{brought} got the text that was not there before.",
    )
    return tuple(filter(None, sentences))


def _groups(staging: Staging, kind: str, key: str) -> Iterator[list[_TextRow]]:
    content = "content" if kind == "output" else "NULL"
    statement = _GROUPS.format(key=key, content=content, table=f'"{kind}"')
    n = key.count(",") + 1
    runs = {number: run for run, number in staging.runs.items()}
    for named, group in groupby(staging.db.execute(statement).fetchall(), key=lambda row: row[:n]):
        rows, names = [], dict[str, Any]()
        if kind == "output":
            names = dict(zip(("case", "model", "run"), (named[0], *runs[named[1]]), strict=True))
        for row_id, line, body, text, db_id, text_place in (row[n:] for row in group):
            fields = json.loads(body)
            fields.pop("elsewhere", None)
            if text is not None:
                fields.setdefault("content", text)
            rows.append(_TextRow(row_id, line, names, fields, db_id, text_place))
        yield rows


def _join(staging: Staging, problems: Problems, kind: str, text: str, rows: list[_TextRow]) -> None:
    """Leave one row of a thing: the first of the file, or the stored one where nothing is new."""
    if len(rows) == 1:
        return
    whole, is_sound = _union(problems, rows)
    known = next((row for row in rows if row.db_id is not None), None)
    ours = [row for row in rows if row.db_id is None]
    if not ours or not is_sound:
        _leave(staging, kind, rows, keep=rows[0])
        return
    if known is not None and (
        known.text_place != TextPlace.ELSEWHERE or whole.keys() == known.fields.keys()
    ):
        for row in ours:
            for field in row.fields.keys() - known.fields.keys() - _LIFE:
                expected = f"the content that the eval set has for this {kind}"
                problems.add(row.line, field, shown(row.fields[field]), expected)
        _leave(staging, kind, rows, keep=known)
        return
    first = ours[0]
    texts = next((row for row in ours if text in row.fields), None)
    place = None if texts is not None else TextPlace.ELSEWHERE
    if texts is not None and whole.keys() - texts.fields.keys() - _LIFE:
        place = TextPlace.JOINED
    _leave(staging, kind, rows, keep=first)
    _write(staging, kind, first, whole, place, known.db_id if known else None)


def _union(problems: Problems, rows: list[_TextRow]) -> tuple[dict[str, Any], bool]:
    """Return all that records of one thing say of it, and whether they agree."""
    whole: dict[str, Any] = {}
    lines: dict[str, int] = {}
    is_sound = True
    for row in rows:
        for field, value in row.fields.items():
            if field not in whole:
                whole[field], lines[field] = value, row.line
            elif whole[field] != value and not (field in _LIFE and lines[field] < 0):
                where = problems.place(lines[field]) if lines[field] > 0 else "the eval set"
                problems.add(
                    row.line, field, shown(value), f"{shown(whole[field])}, as {where} has"
                )
                is_sound = False
    return whole, is_sound


def _leave(staging: Staging, kind: str, rows: list[_TextRow], *, keep: _TextRow) -> None:
    gone = [(row.id,) for row in rows if row.id != keep.id]
    staging.db.executemany(f'DELETE FROM "{kind}" WHERE id = ?', gone)


def _write(
    staging: Staging,
    kind: str,
    row: _TextRow,
    whole: dict[str, Any],
    place: TextPlace | None,
    db_id: int | None,
) -> None:
    """Write what all records say of a thing into the row that is left of them."""
    marked = whole | ({"elsewhere": True} if place is TextPlace.ELSEWHERE else {})
    values: dict[str, Any] = {"text_place": place, "db_id": db_id, "is_filled": db_id is not None}
    if kind == "case":
        values["hash"], values["digest"] = case_digests(marked)
        values["life"], values["note"] = case_life(whole), whole.get("note", "")
        items = [(row.line, item["key"]) for item in whole.get("checklist", ())]
        staging.db.executemany("INSERT OR IGNORE INTO checklist VALUES (?, ?)", items)
    else:
        values["digest"] = fingerprint(normal(kind, marked | row.names))
        content = whole.get("content")
        values["content"] = None if content is None else output_text(content)
        if isinstance(content, str):
            marked = {key: value for key, value in marked.items() if key != "content"}
    values["body"] = json.dumps(marked, ensure_ascii=False)
    columns = ", ".join(f"{name} = ?" for name in values)
    staging.db.execute(f'UPDATE "{kind}" SET {columns} WHERE id = ?', (*values.values(), row.id))
