"""Looks: who judged the same thing again, where no ``assignment`` says which look is which.

A look is one time somebody judged a response, or a pair of them. Without an assignment a new one
begins where something is said a second time: another comparison, or another score on the same
criterion, at the same revision (a higher revision is an edit of the same look). Error marks stand
side by side, so they belong to the look they stand in, by moment and line; in a file that has all
marks apart from all scores, the same mark again is of the next look. People who are not named
never look again: each of their labels is by somebody else.
"""

from typing import NamedTuple

from db.commands.records.staging import Staging
from evalkit.vocabulary import LooksRule

_IS_NEW = "line > 0 AND key IS NULL AND NOT is_unidentified"

_AGAIN = f"""
SELECT EXISTS (
    SELECT 1 FROM judged WHERE key IS NULL AND type < 2 AND NOT is_unidentified
    GROUP BY annotator, type, left, right, part HAVING COUNT(*) > 1 AND MAX(line) > 0
) OR EXISTS (SELECT 1 FROM known_look WHERE look > 1 AND EXISTS (
    SELECT 1 FROM judged WHERE {_IS_NEW}
))
"""

_KNOWN = (
    "DROP TABLE IF EXISTS known_look",
    """
    CREATE TABLE known_look AS
    SELECT assignment, annotator, left, right, DENSE_RANK() OVER (
        PARTITION BY annotator, left, right ORDER BY assignment
    ) AS look FROM (
        SELECT DISTINCT db_assignment AS assignment, annotator, left, right FROM judged
        WHERE line < 0 AND key IS NULL
    )
    """,
)

#: Whoever is not named was there once: every label of theirs is a look of its own.
_UNIDENTIFIED = (
    "CREATE INDEX known_look_output ON known_look (annotator, left)",
    """
    UPDATE judged SET look = (
        SELECT look FROM known_look WHERE assignment = judged.db_assignment
    ) WHERE line < 0 AND key IS NULL AND is_unidentified
    """,
    """
    UPDATE judged SET look = numbered.place + COALESCE((
        SELECT MAX(known.look) FROM known_look AS known WHERE known.annotator = judged.annotator
        AND known.left = judged.left AND known.right IS judged.right
    ), 0) FROM (
        SELECT rowid AS judged_id, ROW_NUMBER() OVER (
            PARTITION BY annotator, left, right ORDER BY line
        ) AS place FROM judged WHERE line > 0 AND key IS NULL AND is_unidentified
    ) AS numbered WHERE judged.rowid = numbered.judged_id
    """,
)

_COUNT = (
    "CREATE INDEX known_look_assignment ON known_look (assignment)",
    "CREATE INDEX judged_output ON judged (annotator, left, type) WHERE key IS NULL",
    """
    UPDATE judged SET look = (
        SELECT look FROM known_look WHERE assignment = judged.db_assignment
    ) WHERE line < 0 AND key IS NULL
    """,
    f"""
    WITH slot AS (
        SELECT rowid AS judged_id, annotator, type, left, right, part, revision,
            ROW_NUMBER() OVER (
                PARTITION BY annotator, type, left, right, part, revision
                ORDER BY COALESCE(moment, ''), line
            ) AS place
        FROM judged WHERE {_IS_NEW} AND type < 2
    ), known AS (
        SELECT annotator, type, left, right, part, MAX(look) AS look, MAX(revision) AS revision
        FROM judged WHERE line < 0 AND key IS NULL AND type < 2
        GROUP BY annotator, type, left, right, part
    )
    UPDATE judged SET look = counted.look FROM (
        SELECT slot.judged_id, slot.place + COALESCE(
            CASE WHEN slot.revision > known.revision THEN known.look - 1 ELSE known.look END, 0
        ) AS look
        FROM slot LEFT JOIN known ON known.annotator = slot.annotator AND known.left = slot.left
        AND known.type = slot.type AND known.right IS slot.right AND known.part IS slot.part
    ) AS counted WHERE judged.rowid = counted.judged_id
    """,
    f"""
    CREATE TABLE looked_again AS
    SELECT annotator, left, MIN(look) AS lowest, MAX(look) AS highest FROM judged
    WHERE {_IS_NEW} AND type = 1 GROUP BY annotator, left HAVING MAX(look) > 1
    """,
    "CREATE INDEX looked_again_output ON looked_again (annotator, left)",
    # A mark is of the latest look that had begun when it was made; before any, of the first.
    f"""
    UPDATE judged SET look = COALESCE((
        SELECT MAX(score.look) FROM judged AS score
        WHERE score.annotator = judged.annotator AND score.left = judged.left
        AND score.type = 1 AND score.key IS NULL AND score.line > 0
        AND CASE WHEN judged.moment IS NULL THEN score.line < judged.line
            ELSE (COALESCE(score.moment, ''), score.line) < (judged.moment, judged.line) END
    ), (
        SELECT lowest FROM looked_again AS again
        WHERE again.annotator = judged.annotator AND again.left = judged.left
    )) WHERE {_IS_NEW} AND type = 2 AND (annotator, left) IN (
        SELECT annotator, left FROM looked_again
    )
    """,
    f"""
    WITH apart AS (
        SELECT annotator, left FROM judged WHERE {_IS_NEW} AND type = 2
        GROUP BY annotator, left HAVING MIN(look) = MAX(look) AND COUNT(DISTINCT digest) < COUNT(*)
    ), placed AS (
        SELECT judged.rowid AS judged_id, highest, lowest - 1 + ROW_NUMBER() OVER same AS place,
            COUNT(*) OVER (PARTITION BY judged.annotator, judged.left, digest) AS n
        FROM judged JOIN looked_again AS again
        ON again.annotator = judged.annotator AND again.left = judged.left
        WHERE {_IS_NEW} AND type = 2
        AND (judged.annotator, judged.left) IN (SELECT annotator, left FROM apart)
        WINDOW same AS (PARTITION BY judged.annotator, judged.left, digest ORDER BY line)
    )
    UPDATE judged SET look = MIN(placed.place, placed.highest)
    FROM placed WHERE placed.n > 1 AND judged.rowid = placed.judged_id
    """,
)

#: The latest look counts: looks become revisions of one presentation, as edits are.
_LATEST = (
    f"""
    UPDATE judged SET revision = revision + look - 1, raised = look - 1
    WHERE {_IS_NEW} AND type = 2
    """,
    f"""
    UPDATE judged SET look = COALESCE((
        SELECT MAX(known.look) FROM known_look AS known WHERE known.annotator = judged.annotator
        AND known.left = judged.left AND known.right IS judged.right
    ), 1) WHERE {_IS_NEW}
    """,
)

_N_AGAIN = f"""
SELECT COUNT(*), MIN(line) FROM (
    SELECT MIN(line) AS line FROM judged WHERE {_IS_NEW} AND look > 1
    GROUP BY annotator, left, right
)
"""


class Again(NamedTuple):
    """How many responses and pairs a file judges again, and the first line that does."""

    n: int
    first_line: int


def tell_looks_apart(staging: Staging, looks: LooksRule) -> Again:
    """Count the looks of every annotator at everything, and let those count that should."""
    staging.script((*_KNOWN, "DROP TABLE IF EXISTS looked_again"))
    if staging.count("SELECT EXISTS (SELECT 1 FROM unidentified)"):
        staging.script(_UNIDENTIFIED)
    if not staging.count(_AGAIN):
        return Again(0, 0)
    staging.script(_COUNT)
    n_again, first_line = staging.db.execute(_N_AGAIN).fetchone()
    if looks is LooksRule.LATEST:
        staging.script(_LATEST)
    return Again(n_again, first_line or 0)
