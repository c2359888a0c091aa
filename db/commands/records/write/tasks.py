"""Which kinds of task the labels of an import come from, where a study of them mixes kinds."""

from db.commands.records.staging import Staging
from evalkit.annotation.assignment.tasks import StudyTask
from evalkit.vocabulary import TaskKind

#: What labels say that somebody was asked for, by the number of their type.
_ASKED_FOR = {0: "preference", 1: "scores", 2: "tags"}
#: Which kind a study that mixes them counts as its own.
_FIRST = (TaskKind.RANK, TaskKind.PAIR, TaskKind.SINGLE)
#: Of labels or presentations, those that say what people are asked: judges' only where no person
#: labelled. Needs the table ``person``.
ASKED = """
WHERE (
    annotator IN (SELECT id FROM person)
    OR NOT EXISTS (SELECT 1 FROM judged WHERE annotator IN (SELECT id FROM person))
)
"""


def mixed_tasks(
    staging: Staging, *, n_ranked: int, of_pairs: tuple[str, ...], of_all: tuple[str, ...]
) -> list[StudyTask]:
    """Return the kinds of task of an import, a study's own first; none where it has only one.

    Parameters
    ----------
    staging : Staging
        With the people of the import in the table ``person``.
    n_ranked : int
        How many responses a ranking showed at most; 0 where that is not known of any.
    of_pairs, of_all : tuple of str
        What was said of preferences besides, and with labels of whatever kind.
    """
    n_cases = staging.count(f'SELECT COUNT(DISTINCT "case") FROM presentation {ASKED}')
    collected: dict[TaskKind, dict[str, None]] = {}
    known = {"is_known": bool(n_ranked)}
    for name, label in staging.db.execute(_TYPES, known):
        collected.setdefault(TaskKind(name), {})[_ASKED_FOR[label]] = None
    if len(collected) < 2:
        return []
    overlaps = dict(staging.db.execute(_OVERLAPS, known).fetchall())
    most = most_per_case(staging, n_ranked=n_ranked)
    tasks = []
    for name, n_asked in staging.db.execute(_CASES, known):
        kind = TaskKind(name)
        is_pair = kind == TaskKind.PAIR and "preference" in collected[kind]
        task = StudyTask(
            kind=kind,
            overlap=max(1, overlaps.get(name, 0)),
            per_case=n_ranked if kind == TaskKind.RANK else most[name],
            collects=(*collected[kind], *(of_pairs if is_pair else ()), *of_all),
            share=n_asked / n_cases,
        )
        tasks.append(task)
    return sorted(tasks, key=lambda task: _FIRST.index(task.kind))


def most_per_case(staging: Staging, *, n_ranked: int) -> dict[str, int]:
    """Return how many pairs, or responses alone, of a case were shown at most, by kind of task.

    Parameters are as for `mixed_tasks`.
    """
    return dict(staging.db.execute(_PER_CASE, {"is_known": bool(n_ranked)}).fetchall())


_SHOWN = f"""
WITH shown AS (
    SELECT id, annotator, "case", left, COALESCE(right, left) AS right,
        CASE WHEN :is_known AND id IN (
            SELECT presentation FROM judged WHERE type = 0 AND name IS NOT NULL
        ) THEN 'rank' WHEN right IS NULL THEN 'single' ELSE 'pair' END AS kind
    FROM presentation {ASKED}
)
"""

_TYPES = f"""{_SHOWN}
SELECT DISTINCT shown.kind, judged.type
FROM shown JOIN judged ON judged.presentation = shown.id ORDER BY shown.kind, judged.type
"""

_CASES = f'{_SHOWN} SELECT kind, COUNT(DISTINCT "case") FROM shown GROUP BY kind ORDER BY kind'

#: Rankings are of a case, whatever stood left and right in them.
_OVERLAPS = f"""{_SHOWN}
SELECT kind, MAX(n) FROM (
    SELECT kind, COUNT(DISTINCT annotator) AS n FROM shown
    WHERE annotator IN (SELECT id FROM person)
    GROUP BY kind, "case",
        CASE kind WHEN 'rank' THEN 0 ELSE MIN(left, right) END,
        CASE kind WHEN 'rank' THEN 0 ELSE MAX(left, right) END
) GROUP BY kind
"""

_PER_CASE = f"""{_SHOWN}
SELECT kind, MAX(n) FROM (
    SELECT kind, COUNT(*) AS n FROM (
        SELECT DISTINCT kind, "case", MIN(left, right), MAX(left, right) FROM shown
    ) GROUP BY kind, "case"
) GROUP BY kind
"""
