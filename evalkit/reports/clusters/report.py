"""Notes in groups, and how often each group's are written of each model's responses."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from evalkit.failures.clusters.clusters import Clustering, NoteCluster, clusters_of_notes
from evalkit.stats.associations.cells import Observed, associations
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate
from evalkit.stats.significance import benjamini_hochberg
from evalkit.study.collected import Collected
from evalkit.study.notes import Note, NoteCode, Notes
from evalkit.vocabulary import NoteSource

NO_RESPONSES = "No response of a model has a note that counts for it."


@dataclass(frozen=True, slots=True)
class NotedRate:
    """How many of one model's responses with a note have one of a kind; n counts these.

    ``q`` is adjusted over all kinds and models (Benjamini–Hochberg); None where no exchange of
    responses within a category could change the share.
    """

    model: str
    estimate: Estimate
    q: float | None


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """One group.

    Attributes
    ----------
    cluster : NoteCluster
        Its places are those of ``ClustersReport.notes``.
    share : Estimate
        The share of all notes that are in it, with an interval by case.
    rates : tuple of NotedRate
        In the order of ``Collected.models``.
    typical : tuple of Note
    n_responses : int
        Different responses that its notes are read beside.
    """

    cluster: NoteCluster
    share: Estimate
    rates: tuple[NotedRate, ...]
    typical: tuple[Note, ...]
    n_responses: int


@dataclass(frozen=True, slots=True, eq=False)
class ClustersReport:
    """Notes in groups; ``n_of_none`` count for no model, see ``Note.model``."""

    notes: tuple[Note, ...]
    sources: tuple[NoteSource, ...]
    clustering: Clustering
    rows: tuple[ClusterRow, ...]
    n_of_source: tuple[tuple[NoteSource, int], ...]
    n_of_none: int

    @property
    def n_notes(self) -> int:
        """Return how many notes there are."""
        return len(self.notes)

    @property
    def n_ungrouped(self) -> int:
        """Return how many notes are in no group that holds."""
        return len(self.notes) - self.clustering.n_grouped


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A tag that a person gave to notes: how many of these, and how often by model."""

    key: str
    name: str
    n_notes: int
    rates: tuple[NotedRate, ...]


def clusters_report(collected: Collected, notes: Notes) -> ClustersReport:
    """Put notes into groups by their words, and count each group by model.

    Models come in only afterwards: whose response a note is about shapes no group.
    """
    rows = notes.rows
    clustering = clusters_of_notes([note.text for note in rows])
    places = [cluster.places for cluster in clustering.clusters]
    rates = _rates(collected, rows, places)
    n_of_source = Counter(note.source for note in rows)
    return ClustersReport(
        notes=rows,
        sources=notes.sources,
        clustering=clustering,
        rows=tuple(map(_row, clustering.clusters, repeat(rows), rates)),
        n_of_source=tuple((source, n_of_source[source]) for source in notes.sources),
        n_of_none=sum(1 for note in rows if not note.model),
    )


def named_report(
    collected: Collected, notes: Notes, codes: tuple[NoteCode, ...]
) -> tuple[NamedRow, ...]:
    """Count the tags that people gave to notes, the commonest first.

    A tag counts by its key, through all versions of its taxonomy but for those after it was split;
    notes that do not count within the filters are in no number.
    """
    place_of = {(note.source, note.row_id): place for place, note in enumerate(notes.rows)}
    places: dict[tuple[str, int | None], set[int]] = {}
    names = {(code.key, code.split_in): code.name for code in codes}
    for code in codes:
        place = place_of.get((code.source, code.row_id))
        if place is not None:
            places.setdefault((code.key, code.split_in), set()).add(place)
    tags = sorted(places, key=lambda tag: (-len(places[tag]), tag[0], names[tag]))
    rates = _rates(collected, notes.rows, [tuple(places[tag]) for tag in tags])
    return tuple(
        NamedRow(tag[0], names[tag], len(places[tag]), of)
        for tag, of in zip(tags, rates, strict=True)
    )


def _row(cluster: NoteCluster, notes: tuple[Note, ...], rates: tuple[NotedRate, ...]) -> ClusterRow:
    inside = np.zeros(len(notes))
    inside[list(cluster.places)] = 1.0
    means = clustered_means(
        np.zeros(len(notes), dtype=np.int64),
        case=np.array([note.case_id for note in notes], dtype=np.int64),
        value=inside,
        n=np.ones(len(notes), dtype=np.int64),
        n_groups=1,
    )
    return ClusterRow(
        cluster=cluster,
        share=share_estimate(means),
        rates=rates,
        typical=tuple(notes[place] for place in cluster.typical),
        n_responses=len({notes[place].output_id for place in cluster.places}),
    )


def _rates(
    collected: Collected, notes: Sequence[Note], kinds: Sequence[Sequence[int]]
) -> list[tuple[NotedRate, ...]]:
    """Return for each kind, the places of its notes, how often each model's responses have one.

    What may be exchanged are responses with a note to cases of one category.
    """
    number: dict[int, int] = {}
    place = [number.setdefault(note.output_id, len(number)) if note.model else -1 for note in notes]
    of_response = dict(zip(place, notes, strict=True))
    responses = [of_response[at] for at in range(len(number))]
    if not kinds:
        return []
    if not responses:
        nothing = Estimate(None, None, None, 0, NO_RESPONSES)
        return [tuple(NotedRate(model, nothing, None) for model in collected.models)] * len(kinds)
    hits = np.zeros((len(responses), len(kinds)), dtype=np.int64)
    for kind, places in enumerate(kinds):
        hits[[place[at] for at in places if place[at] >= 0], kind] = 1
    models = {model: code for code, model in enumerate(collected.models)}
    categories = sorted({note.category for note in responses})
    looked = Observed(
        case=np.array([note.case_id for note in responses], dtype=np.int64),
        looks=np.ones(len(responses), dtype=np.int64),
        hits=hits,
    )
    compared = associations(
        looked,
        group=np.array([models[note.model] for note in responses], dtype=np.int64),
        stratum=np.array([categories.index(note.category) for note in responses], dtype=np.int64),
        n_groups=len(models),
    )
    q = benjamini_hochberg(compared.p_value.reshape(-1)).reshape(compared.p_value.shape)
    return [
        tuple(
            NotedRate(model, compared.rate(kind, code), _known(q[kind, code]))
            for model, code in models.items()
        )
        for kind in range(len(kinds))
    ]


def _known(q: float) -> float | None:
    return None if np.isnan(q) else float(q)
