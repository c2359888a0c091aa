"""Cases on which a judge and people differ as blocks."""

from collections.abc import Mapping, Sequence

from evalkit import text
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.blocks import Block, Section, Table, section, table, words
from evalkit.reports.by_model import category_name
from evalkit.reports.differences.report import Differences
from evalkit.reports.differences.sentences import (
    ORDER,
    answer_in_words,
    answers_in_words,
    differences_verdict,
    left_out,
    no_judge,
    responses_of,
)
from evalkit.study.collected import Collected
from evalkit.study.subjects import PREFERRED, subject_title

_COLUMNS = ("Judge says", "People say", "People agree", "Judge is sure", "Apart", "Weight", "Split")
#: More than this are for the page, and for a file.
MOST_LISTED = 50


def differences_table(
    collected: Collected, of: Differences, places: Sequence[int], keys: Mapping[int, str]
) -> Table:
    """Give a row per unit at these places of the list; ``keys`` are what cases are called."""
    response = "Responses" if of.subject == PREFERRED else "Response"
    weight = of.weight
    rows = [
        (
            keys.get(int(of.case[place]), ""),
            category_name(_category(collected, of, place)),
            " – ".join(responses_of(collected, of, place)),
            answer_in_words(collected, of, place, int(of.verdict[place])),
            answers_in_words(collected, of, place, of.by_people[place]),
            text.percent(float(of.unanimity[place])),
            text.percent(float(of.certainty[place])),
            text.number(float(of.distance[place])),
            text.number(float(weight[place])),
            "train" if of.is_train[place] else "dev",
        )
        for place in places
    ]
    columns = ("Case", "Category", response, *_COLUMNS)
    title = f"Where {of.judge} and people differ, worst first"
    return table(title, columns, rows, left=("Category", response, *_COLUMNS[:2], "Split"))


def judges_table(every: Sequence[Differences]) -> Table:
    """Give a row per judge and thing judged: how often it differs, and what does not count."""
    rows = [
        (
            of.judge,
            subject_title(of.subject),
            number_cell(of.differ, text.percent, has_n=True),
            text.whole(of.n),
            text.whole(of.n_unclear),
            text.whole(of.n_test),
        )
        for of in every
    ]
    columns = ("Judge", "On", "Differs from people", "Differences", "Unclear", "Of the test split")
    return table("How often each judge differs", columns, rows, left=("On",))


def _category(collected: Collected, of: Differences, place: int) -> str:
    return collected.categories[int(collected.outputs.category[of.first[place]])]


def listed(every: Sequence[Differences], *, most: int = MOST_LISTED) -> list[int]:
    """Return the cases of what is listed, whose keys are needed."""
    return sorted({int(case) for of in every for case in of.case[:most].tolist()})


def differences_section(
    collected: Collected,
    every: Sequence[Differences],
    keys: Mapping[int, str],
    *,
    most: int = MOST_LISTED,
) -> Section:
    """Say of each judge and thing judged how often it differs from people, and on what most."""
    if not every:
        return section("Differences", words(no_judge(), style="verdict"))
    parts: list[Block] = []
    for of in every:
        n = min(most, of.n)
        more = f"The first {n:,} of {of.n:,}; --json has all." if of.n > n else ""
        parts += [
            words(differences_verdict(of), *left_out(of)),
            differences_table(collected, of, range(n), keys),
            words(more, style="note"),
        ]
    return section(
        "Differences", judges_table(every), words(ORDER if parts else "", style="note"), *parts
    )
