"""A temporary SQLite file in which an import is sorted out before the database is touched.

Whatever the size of a file of records, its keys wait here and not in memory; duplicates,
references and revisions are then plain SQL, and none of it holds the database's write lock.
"""

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from db.commands.records.automated import FINDING_TABLE, INSERT_FINDING, finding_row
from db.commands.records.digests import case_digests, case_life
from db.commands.records.followed import FOLLOWED_TABLE, INSERT_FOLLOWED, followed_row
from db.commands.records.lessons import LESSON_NUMBERS, lesson_row
from evalkit.records.automated import AUTOMATED_CHECK, FINDING
from evalkit.records.checks import as_moment
from evalkit.records.followed import FOLLOWED
from evalkit.records.names import DEFAULT_RUN, is_identified, judged_by, side_of
from evalkit.records.normal import fingerprint, normal, output_text
from evalkit.records.reader import Record
from evalkit.records.schema import EXTRAS
from evalkit.vocabulary import TextPlace

COMPARISON, SCORE, ERROR, CHECK, ANSWER = 0, 1, 2, 3, 4
#: Right answers, staged beside labels, whose references they share; from the first on no labels.
GOLD = "gold"
GOLD_PAIR, GOLD_SCORE, GOLD_ERROR = 5, 6, 7
#: A ranking is staged as a comparison of two of its outputs, and has this for a name.
RANKING = "ranking"
LABEL_TYPES = {
    "comparison": COMPARISON,
    RANKING: COMPARISON,
    "score": SCORE,
    "error": ERROR,
    "check": CHECK,
    "answer": ANSWER,
}

#: A taxonomy is what one record says of it as a whole, and a record for each of its tags.
TAXONOMY_TYPES = ("taxonomy", "tag")

_FOLLOWED = "followed"
_BATCH = 1_000
_MAX_WAITING = 4 * 1024 * 1024
_CACHE_KIB = 32 * 1024

# Lines are negative for what the database already holds: it comes before the file.
_TABLES = (
    """
CREATE TABLE "case" (
    id INTEGER PRIMARY KEY, line INTEGER, key TEXT, hash TEXT, digest BLOB, life TEXT,
    note TEXT, body TEXT, db_id INTEGER, text_place TEXT, is_filled INTEGER, place INTEGER
);
CREATE TABLE checklist (line INTEGER, item TEXT, PRIMARY KEY (line, item)) WITHOUT ROWID;
CREATE TABLE output (
    id INTEGER PRIMARY KEY, line INTEGER, "case" TEXT, run INTEGER, digest BLOB,
    content TEXT, body TEXT, db_id INTEGER, text_place TEXT, is_filled INTEGER, place INTEGER
);
CREATE TABLE label (
    line INTEGER PRIMARY KEY, type INTEGER, annotator INTEGER, key TEXT, "case" TEXT,
    left_run INTEGER, right_run INTEGER, name TEXT, rubric_version INTEGER, revision INTEGER,
    moment TEXT, digest BLOB, body TEXT, extras TEXT,
    db_id INTEGER, db_annotation INTEGER, db_assignment INTEGER, was_superseded INTEGER
);
CREATE TABLE picture (
    hash TEXT PRIMARY KEY, content BLOB, media_type TEXT, width INTEGER, height INTEGER
);
CREATE TABLE quote (line INTEGER PRIMARY KEY, record TEXT);
CREATE TABLE known_annotation (
    id INTEGER PRIMARY KEY, assignment INTEGER, revision INTEGER, is_superseded INTEGER
);
CREATE TABLE known_assignment (
    id INTEGER PRIMARY KEY, annotator INTEGER, key TEXT,
    first INTEGER, second INTEGER, third INTEGER, fourth INTEGER, fifth INTEGER
);
CREATE TABLE unidentified (annotator INTEGER PRIMARY KEY);
CREATE TABLE held_case (id INTEGER, is_newest INTEGER, PRIMARY KEY (id, is_newest));
CREATE TABLE other_case (id INTEGER PRIMARY KEY, hash TEXT);
CREATE TABLE bound_case (id INTEGER PRIMARY KEY);
"""
    + FINDING_TABLE
    + FOLLOWED_TABLE
)

_INSERT = {
    "case": 'INSERT INTO "case" VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL)',
    "checklist": "INSERT INTO checklist VALUES (?, ?)",
    "output": "INSERT INTO output VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL)",
    "label": "INSERT INTO label VALUES (" + ", ".join("?" * 18) + ")",
    "quote": "INSERT INTO quote VALUES (?, ?)",
    FINDING: INSERT_FINDING,
    _FOLLOWED: INSERT_FOLLOWED,
}

#: The digest of a label leaves its revision out: that is compared by order.
LABEL_REVISION = frozenset({"revision"})


#: The condition on a case that the newest version will hold it once the file is written.
IN_NEXT_VERSION = "(db_id IS NULL OR db_id IN (SELECT id FROM held_case WHERE is_newest = 1))"
#: The content hashes of the cases that the newest version will hold; of a case that was revised,
#: the file may be about another text than the newest.
NEXT_HASHES = f"""
SELECT hash FROM "case" WHERE {IN_NEXT_VERSION}
UNION ALL
SELECT hash FROM other_case WHERE id IN (SELECT id FROM held_case WHERE is_newest = 1)
"""


class Staging:
    """What a file says, and what the database holds of the same things, side by side."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="evalkit-import-")
        self.db = sqlite3.connect(Path(self._folder.name) / "staging.db", isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}"):
            self.db.execute(f"PRAGMA {pragma}")
        self.db.executescript(_TABLES)
        self.db.execute("BEGIN")
        self.runs: dict[tuple[str, str], int] = {}
        self.annotators: dict[tuple[str, str], int] = {}
        self.simulated: set[tuple[str, str]] = set()
        self.merged_from: dict[tuple[str, str], int | None] = {}
        self.criteria: list[tuple[int, dict[str, Any]]] = []
        self.tags: list[tuple[int, dict[str, Any]]] = []
        self.automated: list[tuple[int, dict[str, Any]]] = []
        self.n_records: dict[str, int] = {}
        self.names_texts_elsewhere = False
        self.images: dict[str, None] = {}
        self._waiting: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _INSERT}
        self._n_waiting = 0

    def __enter__(self) -> Self:
        """Hold the temporary file."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the temporary file."""
        self.db.close()
        self._folder.cleanup()

    def add(self, record: Record) -> None:
        """Stage one record; of an unsound one only the key, so that references to it hold."""
        kind = record.type
        self.n_records[kind] = self.n_records.get(kind, 0) + 1
        if not record.is_sound:
            self._add_key(record)
            return
        fields = normal(kind, record.fields)
        if kind == "case":
            self.add_case(record.line, fields)
        elif kind == "output":
            self.add_output(record.line, fields, same_as=record.same_as)
        elif kind == "criterion":
            self.criteria.append((record.line, fields))
        elif kind in TAXONOMY_TYPES:
            self.tags.append((record.line, fields))
        elif kind == GOLD:
            self.add_gold(record.line, fields)
        elif kind in FOLLOWED:
            self._insert(_FOLLOWED, followed_row(record.line, fields))
        elif kind == AUTOMATED_CHECK:
            self.automated.append((record.line, fields))
        elif kind == FINDING:
            self._insert(FINDING, finding_row(self, record.line, fields))
        elif kind in LESSON_NUMBERS:
            self._insert("label", lesson_row(self, record.line, fields))
        else:
            self.add_label(record.line, fields)

    def add_case(
        self,
        line: int,
        fields: dict[str, Any],
        *,
        db_id: int | None = None,
        is_joined: bool = False,
        is_explained: bool = False,
    ) -> None:
        """Stage a case of the file, or with its id one of the database.

        Of one that ``is_explained`` somebody said here why it exists: no file says otherwise.
        """
        hashed, digest = case_digests(fields)
        text_place = self._text_place(fields, db_id, is_joined)
        body = _dump(fields) if self._is_asked_for(db_id, text_place) else None
        note = None if is_explained else fields.get("note", "")
        life = case_life(fields), note
        self._insert("case", (line, fields["id"], hashed, digest, *life, body, db_id, text_place))
        for item in fields.get("checklist", ()):
            self._insert("checklist", (line, item["key"]))

    def add_output(
        self,
        line: int,
        fields: dict[str, Any],
        *,
        db_id: int | None = None,
        is_joined: bool = False,
        same_as: bytes | None = None,
    ) -> None:
        """Stage an output of the file, or with its id one of the database.

        One whose text is elsewhere has no content here, not even an empty one. One that is the
        same as a stored one has the digest of that.
        """
        run = self.run(fields["model"], fields.get("run", DEFAULT_RUN))
        text = output_text(fields["content"]) if "content" in fields else None
        digest = same_as or fingerprint(fields)
        text_place = self._text_place(fields, db_id, is_joined)
        values = {
            key: value for key, value in fields.items() if key not in ("case", "model", "run")
        }
        if isinstance(values.get("content"), str):
            del values["content"]
        if not self._is_asked_for(db_id, text_place):
            values = {key: values[key] for key in ("content",) if key in values}
        body = _dump(values) if values else None
        self._insert("output", (line, fields["case"], run, digest, text, body, db_id, text_place))

    def _text_place(
        self, fields: dict[str, Any], db_id: int | None, is_joined: bool
    ) -> TextPlace | None:
        """Say where a text is, and remember that the file has some elsewhere."""
        if fields.get("elsewhere"):
            self.names_texts_elsewhere |= db_id is None
            return TextPlace.ELSEWHERE
        return TextPlace.JOINED if is_joined else None

    def _is_asked_for(self, db_id: int | None, text_place: TextPlace | None) -> bool:
        """Tell whether more is asked for again than the steps: what is stored to join a text."""
        return db_id is None or text_place is not None or self.names_texts_elsewhere

    def add_label(
        self,
        line: int,
        fields: dict[str, Any],
        *,
        db_ids: tuple[int, int, int] | None = None,
        is_superseded: bool = False,
    ) -> None:
        """Stage what was judged; ``db_ids`` are its own, its annotation's, its assignment's."""
        kind = LABEL_TYPES[fields["type"]]
        judgement, key, name = _judgement(fields), fields.get("assignment"), None
        if fields["type"] == RANKING:
            judgement, name = self._ranked(fields), RANKING
            ranked = sorted(run for place in judgement["order"] for run in place)
            left, right = judgement.get("shown", ranked)[:2]
            key = key or (_key_of_ranking(fields) if is_identified(fields) else None)
        elif kind in (COMPARISON, ANSWER):
            left, right = self.run(*side_of(fields["left"])), None
            if "right" in fields:
                right = self.run(*side_of(fields["right"]))
        else:
            left, right = self.run(fields["model"], fields.get("run", DEFAULT_RUN)), None
        extras = {field: fields[field] for field in EXTRAS if field in fields}
        row = (
            line,
            kind,
            self.annotator(fields),
            key,
            fields["case"],
            left,
            right,
            name or fields.get("criterion") or fields.get("tag") or fields.get("item"),
            fields.get("rubric_version"),
            fields.get("revision", 1),
            _moment(fields.get("created_at")),
            fingerprint(fields, without=LABEL_REVISION),
            None if db_ids and name is None else _dump(judgement),
            _dump(extras) if extras and not db_ids else None,
            *(db_ids or (None, None, None)),
            is_superseded,
        )
        self._insert("label", row)
        if fields.get("quote") and not fields.keys() & {"start", "step", "omission"}:
            self._insert("quote", (line, _dump(fields)))

    def add_gold(self, line: int, fields: dict[str, Any], *, db_id: int | None = None) -> None:
        """Stage a right answer of the file, or with its id one of the database."""
        right = None
        if "preference" in fields:
            kind = GOLD_PAIR
            left, right = (self.run(*side_of(fields[side])) for side in ("left", "right"))
        else:
            kind = GOLD_SCORE if "criterion" in fields else GOLD_ERROR
            left = self.run(fields["model"], fields.get("run", DEFAULT_RUN))
        about = (line, kind, None, None, fields["case"], left, right)
        what = (fields.get("criterion") or fields.get("tag"), fields.get("rubric_version"))
        ids = (db_id, None, None, False)
        self._insert("label", (*about, *what, 1, None, None, _dump(fields), None, *ids))

    def add_lesson(self, line: int, fields: dict[str, Any], *, db_id: int) -> None:
        """Stage a lesson of the database."""
        self._insert("label", lesson_row(self, line, fields, db_id=db_id))

    def place(self, line: int, fields: dict[str, Any]) -> None:
        """Give an error mark that is staged the place that its quote was found at."""
        digest, body = fingerprint(fields, without=LABEL_REVISION), _dump(_judgement(fields))
        change = "UPDATE label SET digest = ?, body = CASE WHEN body IS NULL THEN NULL ELSE ? END"
        self.db.execute(f"{change} WHERE line = ?", (digest, body, line))

    def _ranked(self, fields: dict[str, Any]) -> dict[str, Any]:
        def runs(sides: Iterable[Any]) -> list[int]:
            return [self.run(*side_of(side)) for side in sides]

        sides = {"shown": runs(fields["shown"])} if "shown" in fields else {}
        return {"order": [runs(place) for place in fields["order"]], **sides}

    def run(self, model: str, name: str) -> int:
        """Return the number that stands for a run of a model here."""
        return self.runs.setdefault((model, name), len(self.runs))

    def annotator(self, fields: dict[str, Any]) -> int:
        """Return the number that stands for who judged here."""
        who = judged_by(fields)
        number = self.annotators.setdefault(who, len(self.annotators))
        if not is_identified(fields):
            self.merged_from[who] = fields.get("n_annotators")
            self.db.execute("INSERT OR IGNORE INTO unidentified VALUES (?)", (number,))
        elif (fields.get("metadata") or {}).get("simulated") is True:
            self.simulated.add(who)
        return number

    def flush(self) -> None:
        """Write what waits in memory to the temporary file."""
        for table, rows in self._waiting.items():
            self.db.executemany(_INSERT[table], rows)
            rows.clear()
        self._n_waiting = 0

    def script(self, statements: Iterable[str]) -> None:
        """Run statements one after another."""
        for statement in statements:
            self.db.execute(statement)

    def count(self, statement: str, parameters: tuple[Any, ...] = ()) -> int:
        """Return the one number a statement asks for."""
        return int(self.db.execute(statement, parameters).fetchone()[0] or 0)

    def _add_key(self, record: Record) -> None:
        """Stage the key of a record with faults elsewhere."""
        fields, line = record.fields, record.line
        texts = {key: value for key, value in fields.items() if isinstance(value, str)}
        if record.type == "case" and "id" in texts:
            self._insert("case", (line, texts["id"], *[None] * 7))
        elif record.type == "output" and {"case", "model"} <= texts.keys():
            run = self.run(texts["model"], texts.get("run", DEFAULT_RUN))
            self._insert("output", (line, texts["case"], run, *[None] * 5))
        elif record.type == "criterion" and "key" in texts:
            self.criteria.append((line, {"key": texts["key"], "is_unsound": True}))
        elif record.type in TAXONOMY_TYPES:
            unsound = {"type": record.type, "key": texts.get("key", ""), "is_unsound": True}
            self.tags.append((line, unsound))

    def _insert(self, table: str, row: tuple[Any, ...]) -> None:
        rows = self._waiting[table]
        rows.append(row)
        self._n_waiting += sum(len(cell) for cell in row if isinstance(cell, str))
        if len(rows) >= _BATCH or self._n_waiting >= _MAX_WAITING:
            self.flush()


def _key_of_ranking(fields: dict[str, Any]) -> str:
    """Name a ranking without an assignment by what is ranked: once more, it takes its place."""
    ranked = sorted(side_of(side) for place in fields["order"] for side in place)
    digest = hashlib.blake2b(_dump([fields["case"], *ranked]).encode(), digest_size=12)
    return f"{RANKING} {digest.hexdigest()}"


def _judgement(fields: dict[str, Any]) -> dict[str, Any]:
    """Return what was judged, apart from where it hangs."""
    names = (
        *("preference", "strength", "certainty", "probability", "criteria", "value"),
        *("severity", "start", "end", "quote", "note", "step", "omission"),
    )
    return {key: fields[key] for key in names if fields.get(key) is not None}


def _moment(written: str | None) -> str | None:
    """Write a moment in UTC so that text order is time order."""
    moment = as_moment(written) if written else None
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") if moment else None


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
