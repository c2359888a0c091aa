"""Which labels belong to one presentation, which of them count, and under which revision.

All of it is SQL on the staging file. Rows with negative lines are what the database holds:
they come before the file and keep their revisions.
"""

from db.commands.records.check.references import CRITERION_OF_LABEL, TAG_OF_LABEL
from db.commands.records.looks import Again, tell_looks_apart
from db.commands.records.staging import GOLD_PAIR, Staging
from evalkit.records import MAX_PROBLEMS, Problems, shown
from evalkit.vocabulary import LooksRule

#: A check is to its item what a score is to its criterion: its part is the item's key. So is an
#: answer, which has no part, to what was shown.
_JUDGED = f"""
CREATE TABLE judged AS
SELECT label.line, CASE WHEN label.type > 2 THEN 1 ELSE label.type END AS type,
    label.annotator, label.key, "case".id AS "case",
    lefts.id AS left, rights.id AS right, label.name, label.revision, label.moment, label.digest,
    CASE label.type WHEN 1 THEN ({CRITERION_OF_LABEL}) WHEN 2 THEN ({TAG_OF_LABEL})
        WHEN 3 THEN label.name WHEN 4 THEN 0 END AS part, label.type AS kind,
    label.db_id, label.db_annotation, label.db_assignment, label.was_superseded,
    0 AS presentation, 0 AS annotation, 0 AS is_current, 1 AS look,
    0 AS raised, label.annotator IN (SELECT annotator FROM unidentified) AS is_unidentified
FROM label JOIN "case" ON "case".key = label."case"
JOIN output AS lefts ON lefts."case" = label."case" AND lefts.run = label.left_run
LEFT JOIN output AS rights ON rights."case" = label."case" AND rights.run = label.right_run
WHERE label.type < {GOLD_PAIR} ORDER BY label.line
"""

#: A comparison or score that is stored already, at this or a higher revision.
_DROP_KNOWN = """
DELETE FROM judged WHERE line > 0 AND type < 2 AND NOT is_unidentified AND EXISTS (
    SELECT 1 FROM judged AS known WHERE known.digest = judged.digest AND known.line < 0
    AND known.revision >= judged.revision
)
"""

#: Error marks stand side by side, so the same one twice is two, and so are the same labels by
#: people who are not named; only as many as are stored drop.
_DROP_KNOWN_MARKS = """
DELETE FROM judged WHERE line > 0 AND line IN (
    SELECT line FROM (
        SELECT line, digest, revision,
            ROW_NUMBER() OVER (PARTITION BY digest ORDER BY revision DESC, line) AS place
        FROM judged WHERE (type = 2 OR is_unidentified) AND line > 0
    ) AS mark WHERE place <= (
        SELECT COUNT(*) FROM judged AS known WHERE known.digest = mark.digest
        AND known.line < 0 AND known.revision >= mark.revision
    )
)
"""

#: What a file says that one before it, imported together with it, says already.
_DROP_REPEATED = (
    """
    DELETE FROM label WHERE line >= ? AND type <> 2
    AND COALESCE(annotator, -1) NOT IN (SELECT annotator FROM unidentified) AND EXISTS (
        SELECT 1 FROM label AS earlier WHERE earlier.digest = label.digest
        AND earlier.line < ? AND earlier.revision >= label.revision
    )
    """,
    """
    WITH placed AS (
        SELECT line, line >= ? AS is_later, digest, revision, ROW_NUMBER() OVER (
            PARTITION BY digest, line >= ? ORDER BY revision DESC, line
        ) AS place FROM label WHERE type = 2
        OR annotator IN (SELECT annotator FROM unidentified)
    )
    DELETE FROM label WHERE line IN (
        SELECT later.line FROM placed AS later JOIN placed AS earlier
        ON earlier.digest = later.digest AND earlier.place = later.place
        WHERE later.is_later AND NOT earlier.is_later AND earlier.revision >= later.revision
    )
    """,
)

# SQLite takes the other columns of a group from the row that holds the one MIN or MAX.
_PRESENTATIONS = (
    """
    CREATE TABLE presentation (
        id INTEGER PRIMARY KEY, line INTEGER, annotator INTEGER, key TEXT, "case" INTEGER,
        left INTEGER, right INTEGER, is_compared INTEGER, db_id INTEGER, place INTEGER,
        look INTEGER
    )
    """,
    """
    INSERT INTO presentation
    SELECT NULL, MIN(line), annotator, key, "case", left, right, type = 0, MAX(db_assignment), NULL,
        look
    FROM judged WHERE key IS NULL GROUP BY annotator, left, right, look ORDER BY MIN(line)
    """,
    """
    INSERT INTO presentation
    SELECT NULL, MIN(line), annotator, key, "case", left, right, 0, NULL, NULL, 1
    FROM judged WHERE key IS NOT NULL GROUP BY annotator, key ORDER BY MIN(line)
    """,
    "CREATE INDEX presentation_key ON presentation (annotator, key)",
    "CREATE INDEX presentation_pair ON presentation (annotator, left, right) WHERE key IS NULL",
    """
    UPDATE judged SET presentation = (
        SELECT id FROM presentation WHERE presentation.annotator = judged.annotator
        AND presentation.key = judged.key
    ) WHERE key IS NOT NULL
    """,
    """
    UPDATE judged SET presentation = (
        SELECT id FROM presentation WHERE presentation.key IS NULL
        AND presentation.annotator = judged.annotator AND presentation.left = judged.left
        AND presentation.right IS judged.right AND presentation.look = judged.look
    ) WHERE key IS NULL
    """,
    "CREATE INDEX judged_presentation ON judged (presentation, type, line)",
    # What was shown is what the first comparison says, else the first answer that is about two;
    # without either, the first two outputs.
    """
    UPDATE presentation SET (left, right, is_compared) = (
        SELECT left, right, 1 FROM judged WHERE judged.presentation = presentation.id
        AND right IS NOT NULL ORDER BY type, line LIMIT 1
    ) WHERE key IS NOT NULL AND EXISTS (
        SELECT 1 FROM judged WHERE judged.presentation = presentation.id AND right IS NOT NULL
    )
    """,
    """
    UPDATE presentation SET right = (
        SELECT left FROM judged WHERE judged.presentation = presentation.id
        AND judged.left <> presentation.left ORDER BY line LIMIT 1
    ) WHERE key IS NOT NULL AND NOT is_compared
    """,
    """
    UPDATE presentation SET db_id = (
        SELECT MAX(known.id) FROM known_assignment AS known
        WHERE known.annotator = presentation.annotator AND known.key = presentation.key
    ) WHERE key IS NOT NULL
    """,
)

#: Within a slot (a comparison of a presentation, a score of an output on a criterion) revisions
#: rise in the order of revision, moment and line: r(i) = max(revision(i), r(i-1) + 1).
_REVISE = """
WITH placed AS (
    SELECT judged.rowid AS judged_id, presentation, type, left, part, revision,
        ROW_NUMBER() OVER slot AS place, COUNT(*) OVER (
            PARTITION BY presentation, type, CASE type WHEN 1 THEN left END,
            CASE type WHEN 1 THEN part END
        ) AS n
    FROM judged WHERE type < 2 WINDOW slot AS (
        PARTITION BY presentation, type, CASE type WHEN 1 THEN left END,
            CASE type WHEN 1 THEN part END
        ORDER BY line > 0, revision, COALESCE(moment, ''), line
    )
), revised AS (
    SELECT judged_id, place = n AS is_last, place + MAX(revision - place) OVER (
        PARTITION BY presentation, type, CASE type WHEN 1 THEN left END,
        CASE type WHEN 1 THEN part END ORDER BY place
    ) AS revision FROM placed
)
UPDATE judged SET revision = revised.revision,
    is_current = revised.is_last AND NOT judged.was_superseded
FROM revised WHERE judged.rowid = revised.judged_id
"""

#: Who is not named is somebody else at every presentation.
#: All error marks of an annotator on an output count that have its highest revision; of looks
#: that nothing else tells apart, those of the latest with a mark.
_REVISE_MARKS = """
WITH highest AS (
    SELECT annotator, left, MAX(revision - raised) AS revision,
        CASE WHEN is_unidentified THEN presentation END AS apart FROM judged WHERE type = 2
    GROUP BY annotator, left, apart
), latest AS (
    SELECT presentation, left, revision - raised AS revision, MAX(raised) AS raised FROM judged
    WHERE type = 2 GROUP BY presentation, left, revision - raised
)
UPDATE judged SET is_current = judged.revision - judged.raised = highest.revision
    AND judged.raised = latest.raised AND NOT judged.was_superseded
FROM highest, latest
WHERE type = 2 AND judged.annotator = highest.annotator AND judged.left = highest.left
AND highest.apart IS CASE WHEN judged.is_unidentified THEN judged.presentation END
AND judged.presentation = latest.presentation AND judged.left = latest.left
AND judged.revision - judged.raised = latest.revision
"""

_ANNOTATIONS = (
    """
    CREATE TABLE annotation (
        id INTEGER PRIMARY KEY, line INTEGER, presentation INTEGER, revision INTEGER,
        is_compared INTEGER, db_id INTEGER, was_superseded INTEGER, is_superseded INTEGER,
        place INTEGER
    )
    """,
    """
    INSERT INTO annotation
    SELECT NULL, MIN(line), presentation, revision, MAX(type = 0 AND is_current),
        MAX(db_annotation), NULL, NULL, NULL
    FROM (
        SELECT line, presentation, type, is_current, db_annotation, CASE
            WHEN db_annotation IS NULL THEN revision
            ELSE (SELECT revision FROM known_annotation WHERE id = db_annotation)
        END AS revision
        FROM judged
    ) GROUP BY presentation, revision ORDER BY MIN(line)
    """,
    "CREATE INDEX annotation_presentation ON annotation (presentation, revision)",
    "CREATE INDEX presentation_known ON presentation (db_id) WHERE db_id IS NOT NULL",
    """
    INSERT INTO annotation
    SELECT NULL, NULL, presentation.id, known.revision, 0, known.id, NULL, NULL, NULL
    FROM known_annotation AS known
    JOIN presentation ON presentation.db_id = known.assignment
    WHERE NOT EXISTS (
        SELECT 1 FROM annotation AS same
        WHERE same.presentation = presentation.id AND same.revision = known.revision
    )
    """,
    """
    UPDATE annotation SET db_id = (
        SELECT known.id FROM known_annotation AS known
        JOIN presentation ON presentation.db_id = known.assignment
        WHERE presentation.id = annotation.presentation AND known.revision = annotation.revision
    ) WHERE db_id IS NULL AND EXISTS (SELECT 1 FROM known_annotation)
    """,
    """
    UPDATE annotation SET was_superseded = (
        SELECT is_superseded FROM known_annotation WHERE known_annotation.id = annotation.db_id
    ) WHERE db_id IS NOT NULL
    """,
    # Of a presentation one annotation counts: the one whose comparison counts, else the last.
    """
    WITH ranked AS (
        SELECT id, ROW_NUMBER() OVER (
            PARTITION BY presentation ORDER BY is_compared DESC, revision DESC
        ) AS place FROM annotation
    )
    UPDATE annotation SET is_superseded = ranked.place > 1 FROM ranked
    WHERE annotation.id = ranked.id
    """,
    """
    UPDATE judged SET annotation = (
        SELECT id FROM annotation WHERE annotation.presentation = judged.presentation
        AND annotation.revision = judged.revision
    ) WHERE line > 0
    """,
    "CREATE INDEX judged_annotation ON judged (annotation, type, line) WHERE line > 0",
)

#: New rows are numbered in the order of their lines.
_NUMBER = """
WITH numbered AS (
    SELECT id, ROW_NUMBER() OVER (ORDER BY line) - 1 AS place FROM {table} WHERE db_id IS NULL
)
UPDATE {table} SET place = numbered.place FROM numbered WHERE {table}.id = numbered.id
"""

_OTHER_THINGS = """
SELECT judged.line, judged.key, CASE WHEN judged."case" <> presentation."case" THEN 'case'
    WHEN kind IN (0, 4) THEN 'left' ELSE 'model' END
FROM judged JOIN presentation ON presentation.id = judged.presentation
WHERE judged.key IS NOT NULL AND judged.line > 0 AND (
    judged."case" <> presentation."case"
    OR (kind IN (0, 4)
        AND (judged.left <> presentation.left OR judged.right <> presentation.right))
    OR (type > 0 AND is_compared AND judged.left NOT IN (presentation.left, presentation.right)
        AND NOT EXISTS (
            SELECT 1 FROM judged AS ranking JOIN label ON label.line = ranking.line,
                json_each(label.body, '$.order') AS place, json_each(place.value) AS run
            JOIN output ON output.run = run.value
            WHERE ranking.presentation = judged.presentation AND ranking.type = 0
            AND output.id = judged.left
        ))
    OR (type > 0 AND NOT is_compared AND presentation.db_id IS NULL
        AND judged.left NOT IN (presentation.left, COALESCE(presentation.right, judged.left)))
    OR (type > 0 AND presentation.db_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM known_assignment AS known JOIN output ON output.id = judged.left
        WHERE known.id = presentation.db_id
        AND output.db_id IN (first, second, third, fourth, fifth)
    ))
) ORDER BY judged.line LIMIT ?
"""

_TOO_LATE = """
SELECT judged.line, judged.type FROM judged JOIN judged AS known
ON known.presentation = judged.presentation AND known.type = judged.type AND known.line < 0
WHERE judged.line > 0 AND judged.type < 2
AND (judged.type = 0 OR (known.left = judged.left AND known.part = judged.part))
AND (judged.revision < known.revision
    OR (judged.revision = known.revision AND judged.moment < known.moment))
GROUP BY judged.line ORDER BY judged.line LIMIT ?
"""

#: An answer is what an annotation holds that judges nothing: beside another record of the same
#: annotation its words would have two carriers.
_NOT_ALONE = """
SELECT MAX(line) FROM (
    SELECT line, presentation, kind, CASE
        WHEN db_annotation IS NULL THEN revision
        ELSE (SELECT revision FROM known_annotation WHERE id = db_annotation)
    END AS revision FROM judged
) GROUP BY presentation, revision
HAVING MAX(kind) = 4 AND MIN(kind) < 4 AND MAX(line) > 0 ORDER BY MAX(line) LIMIT ?
"""

_COMPARED_LATER = """
SELECT judged.line, judged.key FROM judged
JOIN presentation ON presentation.id = judged.presentation
WHERE judged.line > 0 AND judged.type = 0 AND presentation.db_id IS NOT NULL
AND NOT EXISTS (
    SELECT 1 FROM judged AS known WHERE known.presentation = judged.presentation
    AND known.line < 0 AND known.type = 0
) ORDER BY judged.line LIMIT ?
"""


def drop_repeated(staging: Staging, first_line: int) -> None:
    """Drop labels from a line on that files before say: as if these were stored already."""
    if not staging.count("SELECT EXISTS (SELECT 1 FROM label)"):
        return
    staging.script(("CREATE INDEX IF NOT EXISTS label_digest ON label (digest)",))
    for statement in _DROP_REPEATED:
        staging.db.execute(statement, (first_line, first_line))
    staging.script(("DELETE FROM quote WHERE line NOT IN (SELECT line FROM label)",))


def sort_labels(staging: Staging, problems: Problems, looks: LooksRule) -> Again:
    """Sort labels into presentations and annotations, and tell which of them count."""
    staging.script(f"DROP TABLE IF EXISTS {name}" for name in ("judged", "presentation"))
    staging.script(("DROP TABLE IF EXISTS annotation", _JUDGED))
    if staging.count("SELECT EXISTS (SELECT 1 FROM judged WHERE line < 0)"):
        known = "CREATE INDEX judged_known ON judged (digest, revision) WHERE line < 0"
        staging.script((known, _DROP_KNOWN, _DROP_KNOWN_MARKS))
    again = tell_looks_apart(staging, looks)
    staging.script(_PRESENTATIONS)
    for line, key, field in staging.db.execute(_OTHER_THINGS, (MAX_PROBLEMS,)):
        target = f"another {'case' if field == 'case' else 'output'} under assignment {shown(key)}"
        problems.add(line, field, target, "what that assignment showed: it names one presentation")
    for line, kind in staging.db.execute(_TOO_LATE, (MAX_PROBLEMS,)):
        what = "comparison" if kind == 0 else "score"
        expected = "a revision after the one that is stored"
        problems.add(line, "revision", f"an earlier {what} than the study holds", expected)
    for line, key in staging.db.execute(_COMPARED_LATER, (MAX_PROBLEMS,)):
        target = f"a comparison for assignment {shown(key)}, of which the study holds other parts"
        problems.add(line, "assignment", target, "all of an assignment in one file")
    if not problems:
        staging.script((_REVISE, _REVISE_MARKS, *_ANNOTATIONS))
        for (line,) in staging.db.execute(_NOT_ALONE, (MAX_PROBLEMS,)):
            expected = "its texts and comment on another record of the same annotation"
            problems.add(line, "type", "an answer that does not stand alone", expected)
        tables = ('"case"', "output", "presentation", "annotation")
        staging.script(_NUMBER.format(table=table) for table in tables)
    return again
