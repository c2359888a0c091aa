"""What is held back from training, and the guard of what must stay unseen, in every format."""

import json
import re

import pytest

from db.commands.records import import_records
from db.queries.records.files import FileFormat, export_bytes
from evalkit.errors import RefusedError
from evalkit.formats.material import ExportOptions, HeldBack
from evalkit.formats.table import FORMATS
from evalkit.judging.split import Split
from evalkit.vocabulary import ConsensusRule
from tests.db.record_files import CRITERION, case, comparison, output, score

ALL = tuple(HeldBack)


def written(format, **chosen):
    options = ExportOptions(**chosen)
    return export_bytes("file", study="Study", format=FileFormat(format), options=options)


def lines(format, **chosen):
    return [json.loads(line) for line in written(format, **chosen).decode().split("\n") if line]


def test_canaries_anchors_gold_and_all_but_the_train_split_stay_out_of_training_unless_asked_for(
    sqlite_database,
):
    def pair(key, **fields):
        yield case(key, f"What about {key}?", **fields)
        yield output(key, "A", "Yes.")
        yield output(key, "B", "No.")
        yield comparison("left", case=key)

    gold = {"type": "gold", "case": "right", "left": "A", "right": "B", "preference": "left"}
    records = [*pair("canary", canary="x"), *pair("anchor", tags=["anchor"]), *pair("right"), gold]
    for number in range(20):
        records += pair(f"c{number}")
    import_records(records, source_name="the test", eval_set="Set", study="Study")

    of_split = {row["metadata"]["case"]: row["split"] for row in lines("langsmith")}
    usual = {row["case"] for row in lines("dpo")}
    plain = {key for key in of_split if key not in ("canary", "anchor", "right")}
    assert usual == {key for key in plain if of_split[key] == Split.TRAIN}
    assert {row["case"] for row in lines("dpo", also=ALL)} == set(of_split)
    splits = (HeldBack.DEV, HeldBack.TEST)
    assert {row["case"] for row in lines("dpo", also=splits)} == plain
    with_dev = {row["case"] for row in lines("dpo", also=(HeldBack.DEV,))}
    assert usual < with_dev == {key for key in plain if of_split[key] != Split.TEST}


@pytest.mark.parametrize("format", [key for key, each in FORMATS.items() if each.is_for_training])
def test_every_file_to_train_on_leaves_out_what_is_held_back_and_is_refused_where_it_overlaps(
    sqlite_database, format
):
    def pair(key, **fields):
        yield case(key, f"What about {key}?", **fields)
        yield from (output(key, "A", "Yes."), output(key, "B", "No."))
        yield comparison("left", case=key)
        yield from (score(3, case=key), score(1, case=key, model="B"))

    gold = {"type": "gold", "case": "right", "left": "A", "right": "B", "preference": "left"}
    records = [CRITERION, *pair("canary", canary="x"), *pair("anchor", tags=["anchor"])]
    records += [*pair("right"), gold]
    for number in range(20):
        records += pair(f"plain-{number}")
    import_records(records, source_name="the test", eval_set="Set", study="Study")
    train = {
        row["metadata"]["case"]
        for row in lines("langsmith")
        if row["split"] == Split.TRAIN and row["metadata"]["case"].startswith("plain")
    }
    options = {"criterion": "helpful"} if format is FileFormat.KTO else {}

    def asked_about(**chosen):
        text = written(format, **options, **chosen).decode()
        return set(re.findall(r"What about ([\w-]+)\?", text))

    assert train
    assert asked_about() == train
    assert asked_about(also=ALL) > train | {"canary", "anchor", "right"}
    unseen = [case("x", f"What about {min(train)}?")]
    import_records(unseen, source_name="the test", eval_set="Unseen")
    with pytest.raises(RefusedError, match="the same task"):
        asked_about(against=("Unseen",))


def test_what_is_trained_on_is_refused_where_it_stands_in_an_eval_set(sqlite_database):
    first = [case("c1", "Say {{yes}}."), output("c1", "A", "=Yes."), output("c1", "B", "No.")]
    records = [*first, comparison("left", case="c1")]
    import_records(records, source_name="the test", eval_set="Set", study="Study")
    words = "one two three four five six seven eight"
    elsewhere = [case("x", f"Say: {words.upper()}!"), case("same", "Say {{yes}}.")]
    import_records(elsewhere, source_name="the test", eval_set="Unseen")
    assert lines("dpo", also=ALL, rule=ConsensusRule.MAJORITY)

    with pytest.raises(
        RefusedError, match=r"1 case .*\nc1: case 'same' of 'Unseen', the same task"
    ):
        lines("dpo", also=ALL, against=("Unseen",))

    for asked, is_refused in ((f"Please {words}", True), (words.rsplit(" ", 1)[0], False)):
        key = "long" if is_refused else "short"
        more = [case(key, asked), output(key, "A", "Yes."), output(key, "B", "No.")]
        name = f"Study {key}"
        import_records([*more, comparison("left", case=key)], source_name="the test",
                       eval_set=name, study=name)  # fmt: skip
        options = ExportOptions(also=ALL, against=("Unseen",))
        made = {"study": name, "format": FileFormat.DPO, "options": options}
        if is_refused:
            with pytest.raises(RefusedError, match=r"long: case 'x' .*8 words in a row"):
                export_bytes("file", **made)
        else:
            assert export_bytes("file", **made)
