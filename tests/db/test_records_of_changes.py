"""Changes of taxonomies and marks coded anew, as records: what fits, and what rests on it."""

import pytest
from sqlmodel import select

from db.commands.records import import_file
from db.engine import read_session
from db.models import RecodedMark, ResultsState, Study
from evalkit.records import RecordsRefusedError
from tests.db.record_files import TAG, write
from tests.db.test_records_of_failures import LABELLED, MOMENT, RECORDS

HEADER = LABELLED | {"taxonomy_version": 1}
IN_1 = [record | {"taxonomy_version": 1} if "key" in record else record for record in RECORDS]
IN_2 = [{**TAG, "key": key, "taxonomy_version": 2} for key in ("cold", "pushy", "facts")]
PARTS = [
    {"key": key, "name": key.capitalize(), "definition": "", "severities": ["minor", "major"]}
    for key in ("cold", "pushy")
]
SPLIT = {
    **{"type": "taxonomy_change", "taxonomy": "Errors", "taxonomy_version": 2, "kind": "split"},
    "details": {"tags": ["tone"], "target": "", "name": "", "parts": PARTS},
    **{"note": "Two kinds", "created_at": MOMENT},
}


def coded(tag, version=2, minute=0, **fields):
    """Say that a mark of Ann on what A wrote is of another tag, the first of its own."""
    moment = MOMENT.replace(":00:00", f":{minute:02}:00")
    return {
        **{"type": "recoding", "case": "c1", "model": "A", "annotator": "Ann", "tag": tag},
        **{"taxonomy": "Errors", "taxonomy_version": version, "created_at": moment, **fields},
    }


def recoded():
    with read_session() as session:
        return len(session.exec(select(RecodedMark)).all())


def take_in(tmp_path, *records, header=HEADER):
    return import_file(write(tmp_path / "a.jsonl", [*IN_1, *records], header=header))


@pytest.mark.parametrize(
    ("codings", "words"),
    [
        # Nothing was split: as in the app, nobody may say that a mark is of another tag.
        ([coded("facts", 1)], 'found "facts", expected no recoding: the mark counts as "tone"'),
        ([*IN_2, SPLIT, coded("facts")], '"cold" and "pushy": what "tone" was split into'),
        ([*IN_2, SPLIT, coded("facts", 1)], '"cold" and "pushy": what "tone" was split into'),
        ([*IN_2, SPLIT, coded("cold"), coded("pushy", minute=1)], 'counts as "cold", which was'),
        ([*IN_2, SPLIT, coded("cold", case="c2", model="B")], 'counts as "facts", which was not'),
        # Taken back is what it was before, and that alone.
        ([*IN_2, SPLIT, coded("cold"), coded("facts", 1, 1)], 'counts as "cold", which was not'),
    ],
)
def test_a_mark_is_coded_anew_by_a_file_only_as_somebody_could_here(
    database, tmp_path, codings, words
):
    take_in(tmp_path)

    with pytest.raises(RecordsRefusedError, match=words):
        take_in(tmp_path, *codings)

    assert recoded() == 0


def test_a_part_that_was_chosen_taken_back_and_chosen_again_is_taken_as_it_was(database, tmp_path):
    codings = [coded("cold"), coded("tone", 1, 1), coded("pushy", minute=2)]

    take_in(tmp_path, *IN_2, SPLIT, *codings)

    assert recoded() == 3
    # Another file has nothing to say over it.
    with pytest.raises(RecordsRefusedError, match='counts as "pushy", which was not split'):
        take_in(tmp_path, coded("cold", minute=3))


def test_all_codings_that_do_not_fit_are_told_at_once(sqlite_database, tmp_path):
    with pytest.raises(RecordsRefusedError, match="refused with 2 problems"):
        take_in(tmp_path, coded("facts", 1), coded("facts", 1, nth=2))


def test_a_change_must_make_the_version_that_it_names(sqlite_database, tmp_path):
    others = [tag | {"key": "warm"} if tag["key"] == "cold" else tag for tag in IN_2]

    with pytest.raises(RecordsRefusedError, match="other tags: cold, warm"):
        take_in(tmp_path, *others, SPLIT)


def test_results_of_other_studies_are_computed_again_after_an_imported_change(database, tmp_path):
    take_in(tmp_path)
    others = HEADER | {"study": "Other", "eval_set": "Others"}
    take_in(tmp_path, header=others)
    before = states()

    take_in(tmp_path, *IN_2, SPLIT)

    after = states()
    assert {study for study in before if after[study] != before[study]} == {"Set", "Other"}
    take_in(tmp_path, *IN_2, SPLIT)
    assert states() == after


def states():
    with read_session() as session:
        rows = session.exec(
            select(Study.name, ResultsState.token).join(
                ResultsState, ResultsState.study_id == Study.id
            )
        )
        return dict(rows.all())
