"""What the cases of a study serve for judges, as the database knows them."""

from collections import Counter

from sqlmodel import col, select

from db.engine import read_session
from db.models import Case
from db.queries.results import result_study
from db.queries.results.splits import splits
from evalkit.judging.split import Split, split_of
from tests.factories import make_eval_set, make_study


def test_every_case_of_the_version_falls_where_its_hash_says(database):
    make_study(make_eval_set(n_cases=30))

    with read_session() as session:
        of = splits(session, result_study(session, name="Study"))
        hashes = dict(session.exec(select(col(Case.id), col(Case.case_hash))).all())

    assert of.case.tolist() == sorted(hashes)
    parts = tuple(Split)
    assert [parts[part] for part in of.part] == [split_of(hashes[case]) for case in of.case]
    assert set(Counter(of.part.tolist())) == {0, 1, 2}
