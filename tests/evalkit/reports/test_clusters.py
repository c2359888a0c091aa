"""Groups of notes by model: what is counted, in which words, and that names move nothing."""

from dataclasses import replace
from functools import cache

import pytest

from evalkit.reports.clusters.document import clusters_document
from evalkit.reports.clusters.report import clusters_report
from evalkit.reports.clusters.sentences import clusters_verdict, how_grouped
from evalkit.reports.clusters.tables import clusters_section, clusters_table, rates_table
from evalkit.study.notes import WRITTEN, Note, Notes
from evalkit.vocabulary import NoteSource
from tests.evalkit.collected_studies import collected
from tests.evalkit.planted_notes import planted

STUDY = collected(models=("Atlas", "Birch"), n_cases=200)


def written(n=200, models=("Atlas", "Birch")):
    """Return notes of which topic 0 is only of the first model, and one of no model."""
    texts, topics = planted(n, n_topics=4, share=0.7)
    rows = [
        Note(
            source=NoteSource.COMMENT,
            row_id=place,
            output_id=place + 1,
            text=text,
            who="Ada",
            is_simulated=False,
            model=models[0] if topic == 0 else models[place % 2],
            case_id=place,
            case_key=f"case-{place}",
            category="",
        )
        for place, (text, topic) in enumerate(zip(texts, topics, strict=True))
    ]
    if rows:
        rows[-1] = replace(rows[-1], model="")
    return Notes(tuple(rows), WRITTEN), topics


@cache
def told_of_written():
    """Give the report of two hundred notes, made once."""
    return clusters_report(STUDY, written()[0])


def test_rates_are_of_responses_with_a_note_and_their_n_says_so():
    notes, topics = written()
    told = told_of_written()

    (row,) = [row for row in told.rows if topics[row.cluster.places[0]] == 0]
    inside = set(row.cluster.places)
    for rate in row.rates:
        own = [place for place, note in enumerate(notes.rows) if note.model == rate.model]
        hits = [place for place in own if place in inside]
        assert (rate.estimate.n, rate.estimate.value) == (len(own), len(hits) / len(own))
    assert row.rates[1].estimate.value == 0
    assert row.rates[1].estimate.high > 0
    assert row.share.value == len(inside) / 200
    assert told.n_of_none == 1


def test_names_of_models_shape_no_group_and_move_no_number():
    turned, _ = written(models=("Birch", "Atlas"))

    first, second = told_of_written(), clusters_report(STUDY, turned)

    assert [row.cluster for row in first.rows] == [row.cluster for row in second.rows]
    assert [[rate.estimate for rate in row.rates] for row in first.rows] == [
        [rate.estimate for rate in reversed(row.rates)] for row in second.rows
    ]


def test_the_order_of_notes_moves_no_number():
    notes, _ = written()
    turned = Notes(notes.rows[::-1], WRITTEN)

    first, second = told_of_written(), clusters_report(STUDY, turned)

    assert clusters_document(STUDY, first) == clusters_document(STUDY, second)


def test_sentences_and_tables_say_what_the_document_says():
    told = told_of_written()

    document = clusters_document(STUDY, told)
    largest = document["clusters"][0]
    assert document["verdict"] == clusters_verdict(told)
    assert f"{largest['n_notes']} notes of 200" in clusters_verdict(told)
    assert document["n_grouped"] + document["n_not_grouped"] == 200
    assert f"not grouped: {document['n_not_grouped']}" in " ".join(how_grouped(told))
    assert [row[1].text for row in clusters_table(told).rows] == [
        f"{cluster['n_notes']}" for cluster in document["clusters"]
    ]
    assert rates_table(told, ["Birch", "Atlas"]).columns == ("", "Birch", "Atlas")


@pytest.mark.parametrize(
    ("n", "sentence"),
    [
        (0, "Groups need at least 40 notes in different words; nothing has been noted here."),
        (1, "Groups need at least 40 notes in different words; there is 1 here."),
        (7, "Groups need at least 40 notes in different words; there are 7 here."),
    ],
)
def test_too_few_notes_are_told_in_a_sentence(n, sentence):
    told = clusters_report(STUDY, written(n)[0])

    assert clusters_verdict(told) == sentence
    assert sentence in clusters_section(told, ["Atlas", "Birch"]).blocks[0].text
    assert clusters_document(STUDY, told)["clusters"] == []
