"""Notes in groups, and how often each group's are written of each model's responses."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from evalkit.failures.clusters.clusters import Clustering, NoteCluster, clusters_of_notes
from evalkit.stats.counts import BoolArray, IntArray, Scores
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate
from evalkit.stats.scores import shares
from evalkit.study.collected import Collected
from evalkit.study.notes import Note, Notes, NoteSource


@dataclass(frozen=True, slots=True)
class ClusterRate:
    """How many of one model's responses with a note have one of a group; n counts these."""

    model: str
    estimate: Estimate
    n_cases: int


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """One group.

    Attributes
    ----------
    cluster : NoteCluster
        Its places are those of ``ClustersReport.notes``.
    share : Estimate
        The share of all notes that are in it, with an interval by case.
    rates : tuple of ClusterRate
        In the order of ``Collected.models``.
    typical : tuple of Note
    n_responses : int
        Different responses that its notes are read beside.
    """

    cluster: NoteCluster
    share: Estimate
    rates: tuple[ClusterRate, ...]
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


def clusters_report(collected: Collected, notes: Notes) -> ClustersReport:
    """Put notes into groups by their words, and count each group by model.

    Models come in only afterwards: whose response a note is about shapes no group.
    """
    clustering = clusters_of_notes([note.text for note in notes.rows])
    written = _Written.of(collected, notes.rows)
    n_of_source = Counter(note.source for note in notes.rows)
    return ClustersReport(
        notes=notes.rows,
        sources=notes.sources,
        clustering=clustering,
        rows=tuple(_row(cluster, notes.rows, written) for cluster in clustering.clusters),
        n_of_source=tuple((source, n_of_source[source]) for source in notes.sources),
        n_of_none=sum(1 for note in notes.rows if not note.model),
    )


def _row(cluster: NoteCluster, notes: tuple[Note, ...], written: "_Written") -> ClusterRow:
    inside = np.zeros(len(notes), dtype=np.bool_)
    inside[list(cluster.places)] = True
    means = clustered_means(
        np.zeros(len(notes), dtype=np.int64),
        case=written.case_of_note,
        value=inside.astype(np.float64),
        n=np.ones(len(notes), dtype=np.int64),
        n_groups=1,
    )
    return ClusterRow(
        cluster=cluster,
        share=share_estimate(means),
        rates=written.rates(inside),
        typical=tuple(notes[place] for place in cluster.typical),
        n_responses=len({notes[place].output_id for place in cluster.places}),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Written:
    """Responses with a note that counts for their model: one entry each, and each note's."""

    case_of_note: IntArray
    place: IntArray
    scores: Scores

    @classmethod
    def of(cls, collected: Collected, notes: tuple[Note, ...]) -> "_Written":
        models = {model: code for code, model in enumerate(collected.models)}
        number: dict[int, int] = {}
        place = [
            number.setdefault(each.output_id, len(number)) if each.model else -1 for each in notes
        ]
        first = {at: note for note, at in zip(reversed(notes), reversed(place), strict=True)}
        responses = [first[at] for at in range(len(number))]
        scores = Scores(
            case=np.array([note.case_id for note in responses], dtype=np.int64),
            model=np.array([models[note.model] for note in responses], dtype=np.int64),
            category=np.zeros(len(responses), dtype=np.int64),
            value=np.zeros(len(responses)),
            n=np.ones(len(responses), dtype=np.int64),
            models=collected.models,
            categories=("",),
        )
        case = np.array([note.case_id for note in notes], dtype=np.int64)
        return cls(case, np.array(place, dtype=np.int64), scores)

    def rates(self, inside: BoolArray) -> tuple[ClusterRate, ...]:
        """Return the share of each model's responses that have one of some notes."""
        of = self.scores
        hit = np.zeros(len(of.case))
        hit[self.place[inside & (self.place >= 0)]] = 1.0
        rows = shares(Scores(of.case, of.model, of.category, hit, of.n, of.models, of.categories))
        return tuple(
            ClusterRate(row.model, row.estimate, row.n_cases)
            for row in rows
            if row.category is None
        )
