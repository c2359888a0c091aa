"""Right answers of a file: each once, and the same as whatever else says it."""

from db.commands.records.check.references import CRITERION_OF_LABEL, TAG_OF_LABEL
from db.commands.records.staging import GOLD_ERROR, GOLD_PAIR, GOLD_SCORE, Staging
from evalkit.records import MAX_PROBLEMS, Problems

#: What is asked of which outputs, and the answer: of a pair which of the two is better.
_GOLD = f"""
CREATE TABLE gold AS
SELECT line, db_id, type, left, right, part,
    json_extract(body, '$.note') AS note, json_extract(body, '$.metadata') AS metadata, CASE type
        WHEN {GOLD_PAIR} THEN CASE json_extract(body, '$.preference')
            WHEN 'left' THEN left WHEN 'right' THEN right
            ELSE json_extract(body, '$.preference') END
        WHEN {GOLD_SCORE} THEN json_extract(body, '$.value')
        ELSE part IS NULL
    END AS answer, CASE type
        WHEN {GOLD_PAIR} THEN MIN(left, right) || ' ' || MAX(left, right)
        WHEN {GOLD_SCORE} THEN left || ' ' || part
        ELSE left END AS subject
FROM (
    SELECT label.line, label.db_id, label.type, label.body, lefts.id AS left, rights.id AS right,
        CASE WHEN label.type = {GOLD_SCORE} THEN ({CRITERION_OF_LABEL})
            ELSE ({TAG_OF_LABEL}) END AS part
    FROM label
    JOIN output AS lefts ON lefts."case" = label."case" AND lefts.run = label.left_run
    LEFT JOIN output AS rights ON rights."case" = label."case" AND rights.run = label.right_run
    WHERE label.type BETWEEN {GOLD_PAIR} AND {GOLD_ERROR}
) ORDER BY line
"""

_OTHER_ANSWER = """
SELECT MIN(later.line), MIN(earlier.line) FROM gold AS later JOIN gold AS earlier
ON earlier.subject = later.subject AND earlier.type = later.type AND earlier.line < later.line
WHERE later.line > 0 AND earlier.answer <> later.answer GROUP BY later.line LIMIT ?
"""

#: The same answer once more is dropped, and nothing that it says may be lost with it.
_OTHER_REASON = """
SELECT MIN(later.line), MIN(earlier.line) FROM gold AS later JOIN gold AS earlier
ON earlier.subject = later.subject AND earlier.type = later.type AND earlier.line < later.line
WHERE later.line > 0 AND earlier.answer = later.answer AND earlier.part IS later.part AND (
    later.note <> COALESCE(earlier.note, '') OR later.metadata <> COALESCE(earlier.metadata, '')
) GROUP BY later.line LIMIT ?
"""

_DROP_REPEATED = """
DELETE FROM gold WHERE line > 0 AND rowid NOT IN (
    SELECT rowid FROM (
        SELECT rowid, ROW_NUMBER() OVER (
            PARTITION BY type, subject, part, answer ORDER BY line
        ) AS place FROM gold
    ) WHERE place = 1
)
"""


def sort_gold(staging: Staging, problems: Problems) -> None:
    """Refuse right answers that contradict each other, and leave what is new of the file."""
    staging.script(("DROP TABLE IF EXISTS gold", _GOLD, "CREATE INDEX gold_of ON gold (subject)"))
    for statement, what in (
        (_OTHER_ANSWER, "another right answer"),
        (_OTHER_REASON, "another note or metadata of the same right answer"),
    ):
        for line, earlier in staging.db.execute(statement, (MAX_PROBLEMS,)):
            known = problems.place(earlier) if earlier > 0 else "the study"
            problems.add(line, None, what, f"the one that {known} has already")
    staging.script((_DROP_REPEATED,))
