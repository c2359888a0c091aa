"""Groups of notes as one JSON document."""

from dataclasses import asdict

from evalkit.reports.clusters.report import ClusterRow, ClustersReport
from evalkit.reports.clusters.sentences import clusters_verdict, how_grouped
from evalkit.reports.document import Document, heading
from evalkit.study.collected import Collected
from evalkit.study.notes import Note


def clusters_document(collected: Collected, report: ClustersReport) -> Document:
    """Return the groups of notes; the shape is described in docs/reports.md."""
    clustering = report.clustering
    return {
        **heading(collected),
        "verdict": clusters_verdict(report),
        "how": how_grouped(report),
        "method": clustering.method,
        "n_notes": report.n_notes,
        "n_different": clustering.n_different,
        "n_grouped": clustering.n_grouped,
        "n_not_grouped": report.n_ungrouped,
        "n_hidden": clustering.n_hidden,
        "n_of_no_model": report.n_of_none,
        "sources": {source.value: n for source, n in report.n_of_source},
        "clusters": [_entry(row) for row in report.rows],
    }


def _entry(row: ClusterRow) -> Document:
    return {
        "number": row.cluster.number,
        "words": list(row.cluster.words),
        "n_notes": len(row.cluster.places),
        "n_responses": row.n_responses,
        "share": asdict(row.share),
        "stability": row.cluster.stability,
        "models": [
            {"model": rate.model, **asdict(rate.estimate), "q": rate.q} for rate in row.rates
        ],
        "typical": [note_entry(note) for note in row.typical],
    }


def note_entry(note: Note) -> Document:
    """Return one note, with the case and the model it counts for, None where it is none."""
    return {
        "source": note.source.value,
        "text": note.text,
        "case": note.case_key,
        "category": note.category,
        "model": note.model or None,
    }
