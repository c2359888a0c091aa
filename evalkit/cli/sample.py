"""``python -m evalkit sample``: a small eval set out of a large one, as its next version."""

import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.cli.terminal import JsonFlag, out, print_block, print_json, require_database
from evalkit.errors import RefusedError
from evalkit.sampling.candidates import Trait

if TYPE_CHECKING:
    from evalkit.sampling.clusters import CaseCluster
    from evalkit.sampling.drawing import Swap
    from evalkit.sampling.sample import Pool, Sample

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
WhyOption = Annotated[
    str, typer.Option("--why", help="Why these cases exist: the note of those that have none.")
]
SwapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--swap",
        help="A case to take out, for what chance draws next, or OUT=IN for another of its "
        "stratum; repeat it.",
    ),
]
ClustersOption = Annotated[
    int | None,
    typer.Option(
        "--clusters", min=2, max=30, help="Make categories of so many groups of like cases."
    ),
]
NameOption = Annotated[
    list[str] | None,
    typer.Option("--name", help="What a group is called, like 3=Refunds; repeat it."),
]
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
    clusters: ClustersOption = None,
    name: NameOption = None,
    swap: SwapOption = None,
    note: NoteOption = "",
    why: WhyOption = "",
    dry_run: DryRunFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """Choose a few hundred cases of many thousands, as a new version of their eval set."""
    # Here and not above, for it takes SciPy, which no other command needs at its start.
    from db.commands.sampling import read_pool, store_sample
    from evalkit.sampling.document import sample_document

    require_database()
    seed = secrets.randbelow(2**31) if seed is None else seed
    of, pool = read_pool(eval_set, version=version)
    pool, groups = in_groups(pool, clusters, name)
    swaps = typed_swaps(pool, swap)
    sample = pool.sample(n, seed=seed, by=by, random_share=random / 100, swaps=swaps)
    made = None
    if not dry_run:
        note = note or f"{n:,} cases of version {of}, seed {seed}"
        made = store_sample(eval_set, of, sample, note=note, why=why)
    if as_json:
        head = {"eval_set": eval_set, "of_version": of, "version": made}
        suggested = [
            {"group": each.number, "name": called, "words": each.words, "n": len(each.case_ids)}
            for each, called in groups
        ]
        named = {"categories": suggested} if groups else {}
        print_json({**head, **named, **sample_document(sample)})
        return
    show_sample(sample, groups)
    if made is None:
        out().print(f"Nothing was stored. To store this: the same with --seed {seed}.")
    else:
        out().print(f"Stored as version {made} of “{eval_set}”, made of version {of}. Seed {seed}.")


def in_groups(
    pool: "Pool", n: int | None, named: list[str] | None
) -> "tuple[Pool, list[tuple[CaseCluster, str]]]":
    """Make categories of groups of like cases, by the names that were typed."""
    from evalkit.sampling.clusters import clusters_of

    if n is None:
        if named:
            raise RefusedError("--name belongs to --clusters: say how many groups there are.")
        return pool, []
    groups = clusters_of(pool, n)
    names: dict[str, str] = {}
    for each in named or ():
        number, separator, name = each.partition("=")
        if not separator or number.strip() not in {str(group.number) for group in groups}:
            raise RefusedError(
                f"“{each}” does not name a group. Expected is a number from 1 to {len(groups)} and "
                "a name, like 3=Refunds."
            )
        names[number.strip()] = name.strip()
    called = [(group, names.get(str(group.number), group.name)) for group in groups]
    by_case = {case_id: name for group, name in called for case_id in group.case_ids}
    return pool.called(by_case), called


def typed_swaps(pool: "Pool", typed: list[str] | None) -> list["Swap"]:
    """Return what --swap says, by ids; raise RefusedError for what is not in the pool."""
    from evalkit.sampling.drawing import Swap

    ids = {case.key: case.case_id for case in pool.cases}

    def known(key: str) -> int:
        if key not in ids:
            raise RefusedError(
                f"There is no case “{key}” to be swapped: it is not among the different cases of "
                "this version. --dry-run lists those that are least like the sample."
            )
        return ids[key]

    swaps = []
    for each in typed or ():
        # An id may hold an equals sign itself.
        out_key, _, into_key = (each, "", "") if each in ids else each.partition("=")
        swaps.append(Swap(known(out_key), known(into_key) if into_key else None))
    return swaps


def show_sample(
    sample: "Sample", groups: "list[tuple[CaseCluster, str]]", *, has_chances: bool = True
) -> None:
    """Print what a sample covers and what it misses."""
    from evalkit.sampling.sentences import sample_sentences
    from evalkit.sampling.tables import cluster_table, distance_table, far_table, strata_table

    print_block(cluster_table(groups))
    for sentence in sample_sentences(sample, has_chances=has_chances):
        out().print(sentence)
    print_block(strata_table(sample))
    print_block(distance_table(sample))
    print_block(far_table(sample.coverage.farthest))
