"""What notes say most often, and how far groups of them can be trusted, in sentences."""

from evalkit import text
from evalkit.failures.clusters.clusters import LEAST_NOTES
from evalkit.failures.clusters.stability import LEAST_STABLE, N_REFITS
from evalkit.phrases import counted, joined, lower
from evalkit.reports.clusters.report import ClustersReport
from evalkit.study.notes import SOURCE_NAMES

HOLDS = (
    f"Holds: the mean overlap (Jaccard) with the most similar group in {N_REFITS} refits on notes "
    f"drawn anew; a group below {LEAST_STABLE:g} is not shown."
)
RATE = (
    "Of each model's responses with a note, the share that have one of the group. A comment on two "
    "responses counts for the one it begins with (“A: …”), else for the one not preferred. "
    "q: whether the share differs from that of the other models by more than chance, within "
    "categories, over all groups and models (Benjamini–Hochberg); grey above .05."
)
#: At this share of false findings or less, a model's share differs from that of others.
FOUND_AT = 0.05
NAMED = (
    "Tags that people gave to notes on this page. Of each model's responses with a note, the share "
    "that have one with the tag: it says how often it was noted, not how often it happens."
)
SUGGESTED = (
    "Groups are made of words alone and are suggestions to read and name, not findings: a person "
    "says what a group is."
)


def clusters_verdict(report: ClustersReport) -> str:
    """Say which group of notes is the largest; or why there is none."""
    if not report.rows:
        return no_clusters(report)
    row = report.rows[0]
    share = text.estimate(row.share, text.percent)
    return (
        f"The largest group is {text.inside(row.cluster.name)}: "
        f"{counted(len(row.cluster.places), 'note')} of {report.n_notes:,}, {share}."
    )


def no_clusters(report: ClustersReport) -> str:
    """Say why there is no group."""
    different = report.clustering.n_different
    if report.clustering.method is None:
        there = (
            f"there {'is' if different == 1 else 'are'} {different:,}"
            if different
            else ("nothing has been noted")
        )
        return f"Groups need at least {LEAST_NOTES} notes in different words; {there} here."
    return (
        f"No group of these {report.n_notes:,} notes holds: on notes drawn anew others form. "
        "More notes may show what they have in common."
    )


def how_grouped(report: ClustersReport) -> list[str]:
    """Say of what groups are made, how, and how many notes are in none."""
    sources = joined(
        [f"{lower(SOURCE_NAMES[source])} {n:,}" for source, n in report.n_of_source if n]
    )
    if not report.rows:
        return [f"Notes here: {sources}."] if sources else []
    grouped = counted(report.clustering.n_grouped, "note")
    sentences = [
        f"{grouped} of {report.n_notes:,} are in {counted(len(report.rows), 'group')} by "
        f"{report.clustering.method}; not grouped: {report.n_ungrouped:,}.",
        f"Notes here: {sources}.",
    ]
    if report.clustering.n_hidden:
        hidden = counted(report.clustering.n_hidden, "group")
        sentences.append(f"Not shown, for they do not hold: {hidden}.")
    if report.n_of_none:
        sentences.append(
            f"Comments that count for no model, for none was preferred: {report.n_of_none:,}."
        )
    return sentences
