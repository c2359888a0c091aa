from sqlalchemy import text
from sqlmodel import select

from db.commands.records import import_file, import_records
from db.engine import read_session, write_session
from db.models import (
    Annotation,
    Annotator,
    AuditEvent,
    Case,
    Criterion,
    EvalSetVersion,
    Model,
    Output,
    Rubric,
    Score,
    Study,
    Taxonomy,
)
from evalkit.evalset.contents import Contents
from evalkit.evalset.hashing import case_hash, version_hash
from tests.db.record_files import (
    CRITERION,
    HEADER,
    TAG,
    case,
    comparison,
    exported_labels,
    mark,
    output,
    pair_of_outputs,
    score,
    table_sizes,
    write,
)

LABELLED = [CRITERION, TAG, *pair_of_outputs(), comparison(), score(2), mark()]


def rows(model, *conditions):
    with read_session() as session:
        return session.exec(select(model).where(*conditions).order_by(model.id)).all()


def test_every_type_of_record_is_counted_and_found_again(database, tmp_path):
    path = write(tmp_path / "file.jsonl", LABELLED)

    first = import_file(path)
    before = table_sizes()
    again = import_file(path)

    assert {kind: count.new for kind, count in first.counts.items()} == {
        "criterion": 1,
        "tag": 1,
        "case": 1,
        "output": 2,
        "comparison": 1,
        "score": 1,
        "error": 1,
    }
    assert not again.has_news
    assert again.sentence == (
        "Nothing new in file.jsonl: 1 criterion, 1 tag, 1 case, 2 outputs, 1 comparison, "
        "1 score, 1 error mark already there."
    )
    assert table_sizes() == before


def test_references_may_come_before_what_they_refer_to(sqlite_database, tmp_path):
    assert import_file(write(tmp_path / "file.jsonl", LABELLED[::-1])).has_news


def test_a_file_without_annotations_makes_no_study(sqlite_database, tmp_path):
    report = import_file(write(tmp_path / "file.jsonl", pair_of_outputs()))

    assert report.study is None
    assert rows(Study) == []


def test_a_study_of_finished_annotations_is_closed_and_collects_what_the_file_holds(
    database, tmp_path
):
    import_file(write(tmp_path / "file.jsonl", [CRITERION, *pair_of_outputs(), score(2)]))

    (study,) = rows(Study)
    assert study.name == "Set"
    assert not study.is_open
    assert (study.collects_preference, study.collects_scores, study.collects_tags) == (
        False,
        True,
        False,
    )
    assert study.leak_policy == "mask"


def test_the_overlap_is_by_how_many_people_one_thing_was_judged(sqlite_database, tmp_path):
    swapped = comparison(annotator="Bo", left="B", right="A")
    judge = comparison(annotator="a judge", annotator_kind="judge")
    import_file(write(tmp_path / "file.jsonl", [*LABELLED, swapped, judge]))

    assert rows(Study)[0].overlap == 2


def test_the_arguments_are_stronger_than_the_header(sqlite_database, tmp_path):
    path = write(tmp_path / "file.jsonl", LABELLED, header={**HEADER, "study": "In the file"})

    report = import_file(path, eval_set="Named here", study="Asked for")

    assert (report.eval_set, report.study) == ("Named here", "Asked for")


def test_the_version_is_named_by_the_hashes_of_its_cases(sqlite_database, tmp_path):
    import_file(write(tmp_path / "file.jsonl", [case("b", "Two?"), case("a", "One?")]))

    hashes = [case_hash(messages=[{"role": "user", "content": ask}]) for ask in ("One?", "Two?")]
    assert rows(EvalSetVersion)[0].content_hash == version_hash(sorted(hashes))


def test_new_cases_make_the_next_version_and_old_ones_none(database, tmp_path):
    import_file(write(tmp_path / "one.jsonl", [case("a")]))
    import_file(write(tmp_path / "two.jsonl", [case("a"), case("b")]))
    report = import_file(write(tmp_path / "three.jsonl", [output("a"), output("b")]))

    first, second = rows(EvalSetVersion)
    assert (second.number, second.parent_id) == (2, first.id)
    assert report.eval_set_version == 2
    with read_session() as session:
        held = session.connection().execute(
            text("SELECT version_id, COUNT(*) FROM version_case GROUP BY version_id ORDER BY 1")
        )
        assert [tuple(row) for row in held] == [(first.id, 1), (second.id, 2)]


def test_a_study_moves_to_the_next_version_only_if_its_annotations_need_it(database, tmp_path):
    import_file(write(tmp_path / "one.jsonl", [*pair_of_outputs(), comparison()]))
    import_file(write(tmp_path / "two.jsonl", [case("c2")]), study="Set")
    unmoved = rows(Study)[0].eval_set_version_id
    new = [output("c2"), output("c2", "B"), comparison(case="c2")]
    import_file(write(tmp_path / "three.jsonl", new))

    first, second = rows(EvalSetVersion)
    assert unmoved == first.id
    assert rows(Study)[0].eval_set_version_id == second.id


def test_what_was_retired_here_is_not_brought_back_by_its_file(database, tmp_path):
    path = write(tmp_path / "file.jsonl", pair_of_outputs())
    import_file(path)
    with write_session() as session:
        session.connection().execute(text("""UPDATE "case" SET status = 'retired'"""))

    assert not import_file(path).has_news
    assert rows(Case)[0].status == "retired"


def test_an_empty_output_a_trajectory_and_every_number_are_stored(database, tmp_path):
    steps = [
        {"role": "assistant", "tool_calls": [{"id": "1"}]},
        {"role": "assistant", "content": "End."},
    ]
    told = {"latency_ms": 12.5, "input_tokens": 3, "cost_usd": 0.25, "provider": "P"}
    records = [case(), output(content=""), output(model="B", content=steps, **told)]
    import_file(write(tmp_path / "file.jsonl", records))

    empty, agent = rows(Output)
    assert empty.content == ""
    assert (agent.content, agent.steps) == ("End.", steps)
    assert {field: getattr(agent, field) for field in told} == told


def test_the_same_rubric_is_one_version_and_a_changed_one_the_next(database, tmp_path):
    changed = {**CRITERION, "question": "Did it help?"}
    for number, criterion in enumerate((CRITERION, CRITERION, changed, changed)):
        records = [*pair_of_outputs(), criterion]
        import_file(write(tmp_path / f"{number}.jsonl", records))

    assert [(rubric.name, rubric.version) for rubric in rows(Rubric)] == [
        ("Quality", 1),
        ("Quality", 2),
    ]
    assert [criterion.question for criterion in rows(Criterion)] == [
        "How helpful?",
        "Did it help?",
    ]


def test_a_version_that_is_named_is_stored_under_its_number(sqlite_database, tmp_path):
    tag = {**TAG, "taxonomy_version": 4}
    import_file(write(tmp_path / "file.jsonl", [*pair_of_outputs(), tag, mark()]))

    assert [taxonomy.version for taxonomy in rows(Taxonomy)] == [4]


def test_scores_of_an_earlier_rubric_keep_it(database, tmp_path):
    versions = [
        {**CRITERION, "rubric_version": version, "question": f"Question {version}?"}
        for version in (1, 2)
    ]
    scores = [score(1, rubric_version=1), score(3, annotator="Bo")]
    import_file(write(tmp_path / "file.jsonl", [*pair_of_outputs(), *versions, *scores]))

    asked = {criterion.id: criterion.question for criterion in rows(Criterion)}
    assert [asked[found.criterion_id] for found in rows(Score)] == ["Question 1?", "Question 2?"]
    newest = max(rows(Rubric), key=lambda rubric: rubric.version)
    assert rows(Study)[0].rubric_id == newest.id


def test_scores_may_use_the_rubric_that_the_study_has(sqlite_database, tmp_path):
    import_file(write(tmp_path / "one.jsonl", LABELLED))
    import_file(write(tmp_path / "two.jsonl", [score(3, annotator="Bo")]))

    assert [found.value for found in rows(Score)] == [2, 3]


def test_a_verdict_that_could_not_be_read_is_stored_as_such(database, tmp_path):
    import_file(write(tmp_path / "file.jsonl", [*pair_of_outputs(), comparison(None)]))

    (annotation,) = rows(Annotation)
    assert (annotation.preference, annotation.is_unreadable) == (None, True)


def test_annotators_of_a_file_cannot_sign_in_and_simulated_ones_are_marked(
    sqlite_database, tmp_path
):
    simulated = comparison(annotator="Sim", metadata={"simulated": True})
    judge = comparison(annotator="Ann", annotator_kind="judge")
    import_file(
        write(tmp_path / "file.jsonl", [*pair_of_outputs(), comparison(), simulated, judge])
    )

    found = {(who.name, who.kind): who for who in rows(Annotator)}
    assert found.keys() == {("Ann", "human"), ("Ann", "judge"), ("Sim", "human")}
    assert not any(who.password_hash for who in found.values())
    assert [name for name, who in found.items() if who.is_simulated] == [("Sim", "human")]


def test_a_file_does_not_turn_an_account_into_a_simulation(sqlite_database, tmp_path):
    with write_session() as session:
        session.add(Annotator(name="Sim", password_hash="a hash"))

    simulated = comparison(annotator="Sim", metadata={"simulated": True})
    import_file(write(tmp_path / "file.jsonl", [*pair_of_outputs(), simulated]))

    assert not rows(Annotator)[0].is_simulated


def test_an_import_is_written_down(sqlite_database, tmp_path):
    path = write(tmp_path / "file.jsonl", LABELLED)
    import_file(path)
    import_file(path)

    (event,) = rows(AuditEvent, AuditEvent.action == "import")
    assert event.details == {
        "source": "file.jsonl", "study": "Set", "version": 1, "looks": "latest"
    }  # fmt: skip


def test_models_are_shared_between_eval_sets(sqlite_database, tmp_path):
    path = write(tmp_path / "file.jsonl", pair_of_outputs())
    import_file(path)
    import_file(path, eval_set="Another set")

    assert [model.name for model in rows(Model)] == ["A", "B"]


def test_records_need_no_file_and_no_header(database):
    report = import_records(iter(LABELLED), source_name="the demo", eval_set="Set")

    assert report.source == "the demo"
    assert len(exported_labels()) == 3


def test_an_upload_is_imported_like_a_file(sqlite_database, tmp_path):
    with write(tmp_path / "file.jsonl", LABELLED).open("rb") as upload:
        first = import_file(upload, source_name="upload.jsonl", dry_run=True)
        second = import_file(upload, source_name="upload.jsonl")

    assert first.counts == second.counts


def test_progress_is_told_from_reading_to_storing(sqlite_database, tmp_path):
    told = []

    import_file(
        write(tmp_path / "file.jsonl", LABELLED),
        progress=lambda what, done, total: told.append((what, done <= total)),
    )

    assert [what for what, _ in dict(told).items()] == ["Reading", "Comparing", "Storing"]
    assert all(is_within for _, is_within in told)


def test_cases_that_repeat_one_content_are_counted_and_warned_of(database, tmp_path):
    records = [case("a"), case("b"), case("c", "Something else?")]
    first = import_file(write(tmp_path / "first.jsonl", records))
    assert first.contents == Contents(n_cases=3, n_contents=2)
    assert [one for one in first.warnings if "3 cases hold only 2 contents" in one]

    # With what the eval set holds already: d repeats c of the file before.
    more = import_file(write(tmp_path / "more.jsonl", [case("d", "Something else?")]))
    assert more.contents == Contents(n_cases=4, n_contents=2)
    assert [one for one in more.warnings if "2 repeat" in one]

    # A file without cases is not the one to warn.
    answers = import_file(write(tmp_path / "answers.jsonl", [output("a")]))
    assert answers.warnings == ()


def test_cases_of_one_question_and_different_passages_are_no_repeats(database, tmp_path):
    records = [case("a"), case("b", context=[{"id": "p", "text": "Read this."}]), case("c", "No.")]

    report = import_file(write(tmp_path / "file.jsonl", records))

    assert report.contents == Contents(n_cases=3, n_contents=3)
    assert report.warnings == ()


def test_a_file_of_version_1_that_was_imported_before_version_2_changes_nothing(database, tmp_path):
    """Version 1 kept neither field; what it stored is what the file without them stores."""
    step = {"role": "assistant", "content": "Yes."}
    old = {**HEADER, "version": 1}
    path = tmp_path / "file.jsonl"
    import_file(write(path, [case(), output(content=[step])], header=old))

    more = [case(checklist=["a"]), output(content=[{**step, "latency_ms": "9s"}], reasoning="hm")]
    report = import_file(write(path, more, header=old))

    assert not report.has_news
    assert ['"checklist" of case' in warning or '"reasoning" of output' in warning
            for warning in report.warnings] == [True, True]  # fmt: skip
