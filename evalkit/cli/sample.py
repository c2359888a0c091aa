"""``python -m evalkit sample``: a small eval set out of a large one, as its next version."""

import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit import text
from evalkit.cli.terminal import JsonFlag, VisibleTable, out, print_json, require_database
from evalkit.sampling.candidates import Trait

if TYPE_CHECKING:
    from evalkit.sampling.sample import Sample

EvalSetOption = Annotated[str, typer.Option("--eval-set", help="The eval set to choose from.")]
SizeOption = Annotated[int, typer.Option("--n", min=1, help="How many cases to choose.")]
VersionOption = Annotated[
    int | None, typer.Option("--version", help="Of the eval set; default: the newest.")
]
ByOption = Annotated[
    list[Trait] | None,
    typer.Option(
        "--by", help="What strata are made of; repeat it. Default: what there is room for."
    ),
]
RandomOption = Annotated[
    int, typer.Option("--random", min=20, max=100, help="Per cent that are drawn at random.")
]
SeedOption = Annotated[int | None, typer.Option("--seed", help="Of the draw; default: any.")]
NoteOption = Annotated[str, typer.Option("--note", help="What the version is for.")]
DryRunFlag = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be chosen, and store nothing.")
]


def sample_command(
    eval_set: EvalSetOption,
    n: SizeOption = 200,
    version: VersionOption = None,
    by: ByOption = None,
    random: RandomOption = 50,
    seed: SeedOption = None,
    note: NoteOption = "",
    dry_run: DryRunFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """Choose a few hundred cases of many thousands, as a new version of their eval set."""
    # Here and not above, for it takes SciPy, which no other command needs at its start.
    from db.commands.sampling import read_sample, store_sample

    require_database()
    seed = secrets.randbelow(2**31) if seed is None else seed
    of, sample = read_sample(
        eval_set, n, seed=seed, version=version, by=by, random_share=random / 100
    )
    made = None
    if not dry_run:
        note = note or f"{n:,} cases of version {of}, seed {seed}"
        made = store_sample(eval_set, of, sample, note=note)
    if as_json:
        print_json(_document(eval_set, of, made, sample))
        return
    _show(sample)
    if made is None:
        out().print(f"Nothing was stored. To store this: the same with --seed {seed}.")
    else:
        out().print(f"Stored as version {made} of “{eval_set}”, made of version {of}. Seed {seed}.")


def _show(sample: "Sample") -> None:
    from evalkit.sampling.sentences import sample_sentences

    for sentence in sample_sentences(sample):
        out().print(sentence)
    table = VisibleTable("Stratum", "Cases", "In it", "Share", "Drawn at random", "Chosen")
    for row in sample.strata:
        n = row.n_chosen + row.n_drawn
        cells = (f"{row.n_cases:,}", f"{n:,}", text.percent(n / row.n_cases))
        table.add_row(row.name, *cells, f"{row.n_drawn:,}", f"{row.n_chosen:,}")
    out().print(table)
    if sample.coverage.farthest:
        far = VisibleTable("Least like any in it", "Stratum", "Cosine")
        for key, stratum, distance in sample.coverage.farthest:
            far.add_row(key, stratum, f"{1 - distance:.2f}")
        out().print(far)


def _document(eval_set: str, of: int, made: int | None, sample: "Sample") -> dict[str, object]:
    return {
        "eval_set": eval_set,
        "of_version": of,
        "version": made,
        "seed": sample.seed,
        "n_lines": sample.n_lines,
        "n_exact_duplicates": sample.n_exact,
        "n_near_duplicates": sample.n_near,
        "by": [trait.value for trait in sample.made_by.by],
        "not_by": [trait.value for trait in sample.made_by.not_by],
        "pooled": [{"stratum": name, "n_cases": size} for name, size in sample.made_by.pooled],
        "strata": [asdict(row) for row in sample.strata],
        "cases": [
            {
                "id": case.key,
                "stratum": case.stratum,
                "is_drawn": case.is_drawn,
                "inclusion_probability": case.probability,
            }
            for case in sample.chosen
        ],
        "farthest": [
            {"id": key, "stratum": stratum, "distance": distance}
            for key, stratum, distance in sample.coverage.farthest
        ],
    }
