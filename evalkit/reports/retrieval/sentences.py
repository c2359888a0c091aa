"""The sentences about retrieval."""

from evalkit.phrases import counted
from evalkit.reports.retrieval.report import RetrievalReport
from evalkit.vocabulary import ContextState

HOW = (
    "Recall at k: which share of the passages marked as relevant is among the first k that were "
    "retrieved; precision at k: how many of the first k are relevant, by k. Means over responses, "
    "intervals by case. What a model makes of its passages is another question."
)
STATES = {
    ContextState.MISSING: "Context is missing",
    ContextState.CONTRADICTORY: "Context contradicts itself",
    None: "All other cases",
}


def retrieval_verdict(report: RetrievalReport) -> str:
    """Say how much there is to measure, or what is missing."""
    if not report.n_responses:
        return "No response says what was retrieved for it."
    if not report.depths:
        return (
            f"{counted(report.n_responses, 'response')} say what was retrieved; of none of their "
            "cases anybody marked which passages are relevant."
        )
    n = report.n_responses - report.n_unmarked
    sentence = f"What was retrieved is measured on {counted(n, 'response')}."
    if report.n_unmarked:
        sentence += f" Of {report.n_unmarked:,} more nobody marked what is relevant."
    if report.n_nothing:
        sentence += f" For {report.n_nothing:,} no passage is relevant: they have no recall."
    return sentence
