"""Checklists of cases: from a file to the database, the shares, and back."""

import json

import numpy as np
import pytest
from sqlmodel import select

from db.commands.records import import_file
from db.engine import read_session, write_session
from db.models import Case, EvalSetVersion, Output, VersionCase
from db.queries.results import collect, result_study
from evalkit.errors import RefusedError
from evalkit.records.schema import faults
from evalkit.reports.scores.checklists import checklist_report, checklist_section
from evalkit.reports.scores.document import scores_document
from tests.db.record_files import CRITERION, HEADER, case, exported, output, score, write

ITEMS = [{"key": key, "question": f"Is it {key}?"} for key in ("dated", "polite", "short")]
#: Of A on c1: 1 of 2 (one does not apply) and 2 of 3; on c2: 3 of 3. Of B: 0 of 1.
SAID = {
    ("c1", "A", "Ann"): ("yes", "no", "na"),
    ("c1", "A", "Ben"): ("yes", "yes", "no"),
    ("c2", "A", "Ann"): ("yes", "yes", "yes"),
    ("c1", "B", "Ann"): ("no", "na", "na"),
}


def check(value="yes", **fields):
    made = {"type": "check", "case": "c1", "model": "A", "annotator": "Ann", "item": "dated"}
    return {**made, "value": value, **fields}


def things(names=("A", "B")):
    yield from (case(key, f"{key}?", checklist=ITEMS) for key in ("c1", "c2"))
    yield from (output(key, model) for key in ("c1", "c2") for model in names)


def checks(rename=lambda name: name):
    for (key, model, who), values in SAID.items():
        for item, value in zip(ITEMS, values, strict=True):
            yield check(
                value, case=key, model=rename(model), annotator=rename(who), item=item["key"]
            )


def collected(study="Set"):
    with read_session() as session:
        return collect(session, result_study(session, name=study))


def shares(report):
    return {row.model: (row.estimate.value, row.estimate.n) for row in report.rows
            if row.category is None}  # fmt: skip


def test_each_look_has_its_share_of_yes_among_yes_and_no(database, tmp_path):
    import_file(write(tmp_path / "checks.jsonl", [*things(), *checks()]))
    report = checklist_report(collected())

    # By hand: A (1/2 + 2/3 + 1) / 3 looks; B 0 of 1.
    assert shares(report) == {"A": (pytest.approx((1 / 2 + 2 / 3 + 1) / 3), 3), "B": (0, 1)}
    assert (report.n_checks, report.n_not_applicable) == (12, 3)
    # Two said of the items of A on c1: equal on one of three. Values: 3 yes, 2 no, 1 na of n = 6;
    # Do = 4/6, De = (36 - 9 - 4 - 1) / 30.
    assert report.alpha.value == pytest.approx(1 - (4 / 6) / (22 / 30))
    assert report.alpha.n_units == 3
    words = str(checklist_section(report, ["A", "B"]))
    assert "3 checks of 12 said not applicable" in words
    assert scores_document(collected())["checklists"]["n_not_applicable"] == 3


def test_names_of_models_and_annotators_and_the_order_of_lines_move_no_number(database, tmp_path):
    import_file(write(tmp_path / "one.jsonl", [*things(), *checks()]))
    before = checklist_report(collected())
    other = {"A": "Z", "B": "Y", "Ann": "Zoe", "Ben": "Ali"}
    header = {**HEADER, "eval_set": "Other"}
    lines = [*things(("Z", "Y")), *list(checks(other.get))[::-1]]
    import_file(write(tmp_path / "two.jsonl", lines, header=header))
    after = checklist_report(collected("Other"))

    renamed = {other[model]: number for model, number in shares(before).items()}
    assert shares(after) == {model: (pytest.approx(value), n) for model, (value, n)
                             in renamed.items()}  # fmt: skip
    assert after.alpha.value == pytest.approx(before.alpha.value)
    assert after.alpha.low == pytest.approx(before.alpha.low)


def test_checks_come_back_byte_by_byte_and_the_same_file_twice_changes_nothing(database, tmp_path):
    file = write(tmp_path / "checks.jsonl", [CRITERION, *things(), *checks(), score(2)])
    import_file(file)
    lines = exported()
    assert not import_file(file).has_news
    again = tmp_path / "again.jsonl"
    again.write_text("".join(f"{line}\n" for line in lines).replace('"Set"', '"Other"'))
    import_file(again)

    assert [line.replace('"Other"', '"Set"') for line in exported("Other")] == lines
    records = [json.loads(line) for line in lines]
    assert sum(record["type"] == "check" for record in records) == 12
    assert next(r["checklist"] for r in records if r["type"] == "case") == ITEMS


def test_a_later_check_of_one_item_counts_and_leaves_others_as_they_are(database, tmp_path):
    import_file(write(tmp_path / "one.jsonl", [*things(), *checks()]))
    import_file(write(tmp_path / "two.jsonl", [check("no", revision=2)]))

    # Ann on c1 now says no, no, na: 0 of 2 in what counts.
    values = np.bincount(collected().checks.value, minlength=3).tolist()
    assert values == [5, 4, 3]
    records = [json.loads(line) for line in exported(include_superseded=True)]
    assert sum(record["type"] == "check" for record in records) == 13


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"item": "unknown"}, "an item of the checklist"), ({"value": "maybe"}, "one of yes, no, na")],
)
def test_a_check_of_no_item_or_of_another_value_is_refused(database, tmp_path, changes, words):
    with pytest.raises(RefusedError, match=words):
        import_file(
            write(tmp_path / "bad.jsonl", [*things(), check(**{"value": "yes", **changes})])
        )


@pytest.mark.parametrize(
    ("checklist", "field"),
    [
        ([], "checklist"),
        ([{"key": "a"}], "checklist[0].question"),
        ([{"key": "a", "question": "?"}] * 2, "checklist"),
        (["a"], "checklist[0]"),
    ],
)
def test_a_checklist_that_cannot_be_asked_is_refused(checklist, field):
    assert [at for at, _ in faults(case(checklist=checklist))] == [field]


def test_where_nothing_was_checked_nothing_is_shown(database, tmp_path):
    import_file(write(tmp_path / "none.jsonl", [CRITERION, *things(), score(2)]))
    report = checklist_report(collected())

    assert report.rows == ()
    assert not checklist_section(report, ["A", "B"])


def test_an_item_of_an_older_content_of_a_case_is_none_of_its_checklist(sqlite_database, tmp_path):
    """Contents of one case under two versions come into being where cases are edited."""
    path = tmp_path / "file.jsonl"
    import_file(write(path, [case(checklist=ITEMS), output()]))
    with write_session() as session:
        old = session.exec(select(Case)).one()
        changed = Case(
            **{**old.model_dump(exclude={"id"}), "checklist": ITEMS[1:], "case_hash": "changed"}
        )
        version = EvalSetVersion(eval_set_id=old.eval_set_id, number=2, content_hash="changed")
        session.add_all([changed, version])
        session.flush()
        session.add(VersionCase(version_id=version.id, case_id=changed.id, position=0))
        session.add(Output(**{**session.exec(select(Output)).one().model_dump(exclude={"id"}),
                              "case_id": changed.id}))  # fmt: skip

    with pytest.raises(RefusedError, match='item: found "dated", expected an item of the checkl'):
        import_file(write(path, [check(item="dated")]))
    import_file(write(path, [check(item="polite")]))


def test_where_nothing_was_found_to_apply_the_share_says_so(database, tmp_path):
    import_file(write(tmp_path / "set.jsonl", [*things(), check("na")]))

    reasons = {row.estimate.reason for row in checklist_report(collected()).rows}

    assert reasons == {"Nothing here was found to apply."}
