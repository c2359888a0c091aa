"""How many records of each type an import brings, and how many were there before."""

from collections.abc import Mapping, Sequence

from db.commands.records.check.automated import CheckOfFile
from db.commands.records.check.definitions import Definition
from db.commands.records.lessons import LESSON_NUMBERS
from db.commands.records.report import RecordCount
from db.commands.records.staging import GOLD, LABEL_TYPES, RANKING, TAXONOMY_TYPES, Staging
from evalkit.records.automated import AUTOMATED_CHECK, FINDING

_N_NEW = f"""
SELECT COUNT(*) FROM judged JOIN label USING (line)
WHERE judged.line > 0 AND label.type = ? AND (label.type = 0 AND label.name IS '{RANKING}') = ?
"""


def record_counts(
    staging: Staging,
    *,
    rubrics: Sequence[Definition],
    taxonomies: Sequence[Definition],
    checks: Sequence[CheckOfFile],
    followed: Mapping[str, int],
    distinct: Mapping[str, int],
) -> dict[str, RecordCount]:
    """Count the records of each type that the files hold, once all of them are sorted.

    ``followed`` says how many are new of what became of failures; ``distinct`` are how many cases
    and outputs the files are about.
    """
    new = {
        "criterion": sum(len(rubric.parts) for rubric in rubrics if rubric.new),
        "taxonomy": sum(bool(taxonomy.new and taxonomy.head) for taxonomy in taxonomies),
        "tag": sum(len(taxonomy.parts) for taxonomy in taxonomies if taxonomy.new),
    }
    for kind in ("case", "output"):
        new[kind] = staging.count(f'SELECT COUNT(*) FROM "{kind}" WHERE line > 0 AND NOT is_filled')
    new[GOLD] = staging.count("SELECT COUNT(*) FROM gold WHERE line > 0")
    superseded = dict.fromkeys(new, 0)
    for kind, number in LABEL_TYPES.items():
        which = (number, kind == RANKING)
        new[kind] = staging.count(_N_NEW, which)
        superseded[kind] = staging.count(f"{_N_NEW} AND NOT is_current", which)
    of_records = (check for check in checks if not check.is_only_named)
    new[AUTOMATED_CHECK] = sum(check.n_new for check in of_records)
    new[FINDING] = staging.count("SELECT COUNT(*) FROM new_finding")
    for kind, numbers in LESSON_NUMBERS.items():
        new[kind] = staging.count(
            f"SELECT COUNT(*) FROM lesson WHERE line > 0 AND type IN {(*numbers, -1)}"
        )
    new |= followed
    of_kinds = {**staging.n_records, **distinct}
    parts = [part for _, part in (*staging.criteria, *staging.tags)]
    for kind in ("criterion", *TAXONOMY_TYPES):
        own = (part for part in parts if part["type"] == kind)
        of_kinds[kind] = len({tuple(sorted(map(str, part.items()))) for part in own})
    return {
        kind: RecordCount(
            new=new[kind],
            present=of_kinds[kind] - new[kind],
            superseded=superseded.get(kind, 0),
        )
        for kind in new
        if staging.n_records.get(kind)
    }
