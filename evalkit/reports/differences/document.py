"""Cases on which a judge and people differ as one JSON document."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from evalkit.reports.differences.report import Differences
from evalkit.reports.differences.sentences import (
    answer_in_words,
    differences_verdict,
    left_out,
    responses_of,
)
from evalkit.reports.document import Document, heading
from evalkit.study.collected import Collected
from evalkit.study.subjects import subject_key


def differences_document(
    collected: Collected, every: Sequence[Differences], keys: Mapping[int, str]
) -> Document:
    """Return every case, worst first; the shape is described in docs/reports.md."""
    return {**heading(collected), "judges": [_judge(collected, of, keys) for of in every]}


def _judge(collected: Collected, of: Differences, keys: Mapping[int, str]) -> Document:
    return {
        "judge": of.judge,
        "subject": subject_key(of.subject),
        "is_agreed": of.is_agreed,
        "differ": asdict(of.differ),
        "n_differ": of.n,
        "n_unclear": of.n_unclear,
        "n_test": of.n_test,
        "sentence": " ".join((differences_verdict(of), *left_out(of))),
        "cases": [_case(collected, of, place, keys) for place in range(of.n)],
    }


def _case(collected: Collected, of: Differences, place: int, keys: Mapping[int, str]) -> Document:
    return {
        "case": keys.get(int(of.case[place])),
        "category": collected.categories[int(collected.outputs.category[of.first[place]])],
        "models": list(responses_of(collected, of, place)),
        "split": "train" if of.is_train[place] else "dev",
        "judge_says": answer_in_words(collected, of, place, int(of.verdict[place])),
        "by_judge": _counts(collected, of, place, of.by_judge[place]),
        "by_people": _counts(collected, of, place, of.by_people[place]),
        "certainty": float(of.certainty[place]),
        "unanimity": float(of.unanimity[place]),
        "distance": float(of.distance[place]),
        "weight": float(of.weight[place]),
    }


def _counts(
    collected: Collected, of: Differences, place: int, counts: list[tuple[int, int]]
) -> list[dict[str, str | int]]:
    return [{"answer": answer_in_words(collected, of, place, value), "n": n} for value, n in counts]
