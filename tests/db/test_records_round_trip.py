import json
import tempfile
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from db.commands.records import import_file
from evalkit.records.normal import fingerprint, normal
from tests.db.record_files import (
    CRITERION,
    HEADER,
    TAG,
    case,
    empty_tables,
    exported,
    exported_labels,
    labels_of,
    output,
    table_sizes,
    write,
)

NOMINAL = {**CRITERION, "key": "polite", "level": "nominal"}
LABELS = ("comparison", "score", "error")
MOMENTS = ("2026-01-02T10:00:00+00:00", "2026-01-02T10:30:00+01:00", "2026-01-03T00:00:00Z")

texts = st.text(
    alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12
)
metadata = st.dictionaries(
    texts,
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        texts,
    ),
    max_size=2,
)


def optional(fields):
    return st.fixed_dictionaries({}, optional=fields)


extras = optional(
    {
        "seconds": st.one_of(st.integers(0, 900), st.floats(0, 900)),
        "comment": texts,
        "created_at": st.sampled_from(MOMENTS),
        "metadata": st.one_of(metadata, st.just({"simulated": True})),
        "inclusion_probability": st.sampled_from([0.25, 1, 1.0]),
        "sampling": st.sampled_from(["random", "adaptive"]),
        "rubric_version": st.just(1),
        "seen_suggestion": st.booleans(),
        "revision": st.sampled_from([1, 1, 2, 3]),
    }
)
mark_fields = optional(
    {
        "severity": st.sampled_from(["minor", "major"]),
        "note": texts,
        "start": st.just(0),
        "omission": st.booleans(),
    }
)
content = st.one_of(
    st.just("Yes, that is so."),
    texts,
    st.just([{"role": "assistant", "content": "Yes, that is so."}]),
)
finer_fields = optional(
    {
        "strength": st.sampled_from(["slightly", "much"]),
        "certainty": st.sampled_from(["sure", "unsure"]),
        "criteria": st.dictionaries(
            st.sampled_from(["helpful", "polite"]),
            st.sampled_from(["left", "right", "tie", "both_bad"]),
            min_size=1,
        ),
    }
)
output_fields = optional(
    {
        "provider": texts,
        "latency_ms": st.floats(0, 1e6),
        "input_tokens": st.integers(0, 10**6),
        "cost_usd": st.floats(0, 10),
        "reasoning": texts,
        "reasoning_tokens": st.integers(0, 10**6),
        "finish_reason": texts,
        "error": texts,
        "created_at": st.sampled_from(MOMENTS),
        "metadata": metadata,
    }
)
case_fields = optional(
    {
        "category": st.sampled_from(["code", "support"]),
        "reference": st.one_of(texts, st.just({"pass_if": "it helps"})),
        "note": texts,
        "context": st.just([{"id": "d1", "text": "Passage."}]),
        "tools": st.just([{"name": "search"}]),
        "source": st.sampled_from(["production", "synthetic", "benchmark"]),
        "tags": st.lists(texts, max_size=2),
        "canary": texts,
        "status": st.sampled_from(["active", "retired"]),
        "metadata": metadata,
    }
)


@st.composite
def severities(draw):
    """Draw severities of a taxonomy's own, among them those that marks have."""
    keys = draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=6))
    place = draw(st.integers(0, len(keys)))
    keys = [*keys[:place], "minor", "major", *keys[place:]]
    return [
        {
            "key": key,
            "weight": draw(st.one_of(st.integers(0, 25), st.floats(0, 25))),
            **({"name": f"{key} {draw(texts)}"} if draw(st.booleans()) else {}),
        }
        for key in keys
    ]


@st.composite
def wholes(draw):
    """Draw what is said of the taxonomy of all tags, if anything is."""
    record = {"type": "taxonomy", "taxonomy": TAG["taxonomy"], "severities": draw(severities())}
    weights = st.dictionaries(st.sampled_from(["minor", "major:tone"]), st.floats(0, 9), min_size=1)
    if draw(st.booleans()):
        record["weights"] = draw(weights)
    is_open = draw(st.booleans())
    tag = {key: value for key, value in TAG.items() if key != "severities"} if is_open else TAG
    return [record], tag


taxonomies = st.one_of(st.just(([], TAG)), wholes())

#: Few things to judge and few annotators, so that labels meet in one presentation.
SIDES = (("A", "1"), ("B", "1"), ("B", "second"))
SHOWN = (("case 0", 0, 1), ("case 0", 0, 1), ("case 0", 1, 0), ("case 1", 0, 2))
WHO = (*[("Ann", "human")] * 5, ("Bo", "human"), ("Ann", "judge"))
PRESENTED = {"one": SHOWN[0], "two": SHOWN[0]}


@st.composite
def record_files(draw):
    """Draw the records of a valid file: every type, every optional field, in two orders."""
    taxonomy, tag = draw(taxonomies)
    records = [CRITERION, NOMINAL, tag, *taxonomy]
    for key in ("case 0", "case 1"):
        records.append(case(key, draw(texts) or "?", **draw(case_fields)))
        for model, run in SIDES:
            fields = draw(output_fields)
            records.append(output(key, model, draw(content), run=run, **fields))
    records += draw(st.lists(labels(), min_size=draw(st.sampled_from([0, 12])), max_size=16))
    return records if draw(st.booleans()) else records[::-1]


@st.composite
def labels(draw):
    """Draw one label; what an assignment showed stays what it showed."""
    fields = draw(extras)
    who, annotator_kind = draw(st.sampled_from(WHO))
    key = draw(st.sampled_from([None, None, None, *PRESENTED]))
    of_case, left, right = draw(st.sampled_from(SHOWN)) if key is None else PRESENTED[key]
    fields |= {"case": of_case, "annotator": who, "annotator_kind": annotator_kind}
    fields |= {"assignment": key} if key else {}
    kind = draw(st.sampled_from(["comparison", "score", "error"]))
    if kind == "comparison":
        preference = draw(st.sampled_from(["left", "right", "tie", "both_bad", None]))
        sides = {"left": _side(draw, SIDES[left]), "right": _side(draw, SIDES[right])}
        finer = draw(finer_fields)
        if preference not in ("left", "right"):
            finer.pop("strength", None)
        return {"type": kind, **fields, **sides, "preference": preference, **finer}
    model, run = SIDES[draw(st.sampled_from([left, left, right]))]
    fields |= {"model": model, "run": run}
    if kind == "score":
        criterion = draw(st.sampled_from(["helpful", "helpful", "polite"]))
        value = draw(st.sampled_from([1, 2.0, 3]))
        return {"type": kind, **fields, "criterion": criterion, "value": value}
    made = draw(mark_fields)
    if "start" in made:
        made |= {"end": 0, "quote": "", "omission": False}
    tag = "tone" if made.get("omission") else draw(st.sampled_from(["tone", None]))
    return {"type": kind, **fields, "tag": tag, **made}


def _side(draw, side):
    model, run = side
    return model if run == "1" and draw(st.booleans()) else {"model": model, "run": run}


def count_by_the_contract(records):
    """Return the labels that count, by the rules of the format, worked out without the database."""
    slots, marks = defaultdict(list), defaultdict(list)
    for line, record in enumerate(records):
        if record["type"] not in LABELS:
            continue
        kind = record.get("annotator_kind", "human")
        who = (record["annotator"], kind)
        normal_record = normal(record["type"], record)
        moment = record.get("created_at")
        order = (
            record.get("revision", 1),
            datetime.fromisoformat(moment).timestamp() if moment else float("-inf"),
            line,
        )
        output = (record["case"], record.get("model"), record.get("run", "1"))
        if record["type"] == "error":
            marks[who, output].append((order, normal_record))
        else:
            shown = (str(normal_record.get("left")), str(normal_record.get("right")))
            presentation = record.get("assignment") or (record["case"], shown)
            scored = (output, record["criterion"]) if record["type"] == "score" else None
            slots[who, record["type"], presentation, scored].append((order, normal_record))
    counting = [max(slot, key=lambda entry: entry[0])[1] for slot in slots.values()]
    for (who, output), side_by_side in marks.items():
        highest = max(order[0] for order, _ in side_by_side)
        counts = [entry for entry in side_by_side if entry[0][0] == highest]
        scored = [
            entries
            for (of, kind, presentation, slot), entries in slots.items()
            if (of, kind) == (who, "score")
            and slot[0] == output
            and presentation == (output[0], NOT_PAIRED)
        ]
        unnamed = [entry for entry in side_by_side if "assignment" not in entry[1]]
        looks = dict(zip(map(id, unnamed), looks_of(unnamed, scored), strict=True))
        latest = max((looks[id(entry)] for entry in counts if id(entry) in looks), default=0)
        counting += [entry[1] for entry in counts if looks.get(id(entry), latest) == latest]
    return counting


NOT_PAIRED = (str(None), str(None))


def looks_of(marks, scored):
    """Number the looks that marks are of, as docs/records.md describes it."""
    begun = []  # (moment, line, look) of every score: the same criterion again is another look
    for entries in scored:
        times = defaultdict(int)
        for (revision, moment, line), _ in sorted(entries, key=lambda entry: entry[0][1:]):
            times[revision] += 1
            begun.append((moment, line, times[revision]))
    n_looks = max((look for *_, look in begun), default=1)
    looks = []
    for (_, moment, line), _ in marks:
        is_timed = moment > float("-inf")
        before = [
            look
            for other, at, look in begun
            if ((other, at) < (moment, line) if is_timed else at < line)
        ]
        looks.append(max(before, default=1))
    by_line = sorted(range(len(marks)), key=lambda place: marks[place][0][2])
    same = [fingerprint(record, without=frozenset({"revision"})) for _, record in marks]
    if n_looks > 1 and len(set(looks)) == 1:
        times = defaultdict(int)
        for place in by_line:
            times[same[place]] += 1
            if same.count(same[place]) > 1:
                looks[place] = min(times[same[place]], n_looks)
    return looks


def digests(records):
    return sorted(fingerprint(record, without=frozenset({"revision"})) for record in records)


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(records=record_files(), include_superseded=st.booleans())
def test_nothing_is_lost_what_counts_is_what_the_format_says_and_an_export_comes_back_as_it_was(
    sqlite_database, records, include_superseded
):
    with tempfile.TemporaryDirectory() as folder:
        empty_tables()
        path = write(Path(folder) / "file.jsonl", records, header={**HEADER, "study": "Study"})
        import_file(path)
        counting, history = (exported("Study", include_superseded=each) for each in (False, True))
        sizes = table_sizes()

        again = import_file(path)

        assert digests(labels_of(counting)) == digests(count_by_the_contract(records))
        assert digests(labels_of(history)) == digests(
            normal(record["type"], record) for record in records if record["type"] in LABELS
        )
        assert not again.has_news
        assert table_sizes() == sizes

        first = history if include_superseded else counting
        path.write_text("".join(first), newline="")
        empty_tables()
        import_file(path)

        assert exported("Study", include_superseded=include_superseded) == first


def test_both_databases_write_the_same_export(database, tmp_path):
    records = json.loads(json.dumps([CRITERION, TAG, *_every_shape()]))
    import_file(write(tmp_path / "file.jsonl", records, header={**HEADER, "study": "Study"}))
    first = exported("Study", include_superseded=True)

    (tmp_path / "export.jsonl").write_text("".join(first), newline="")
    empty_tables()
    import_file(tmp_path / "export.jsonl")

    assert exported("Study", include_superseded=True) == first


def _every_shape():
    from tests.db.record_files import comparison, mark, output, pair_of_outputs, score

    steps = [{"role": "assistant", "content": "I look."}, {"role": "tool", "content": "Nothing."}]
    return [
        *pair_of_outputs(),
        output(model="C", content=steps),
        mark("tone", model="C", step=0, start=2, end=6, quote="look", severity="minor"),
        mark("tone", model="C", step=0, start=0, end=6, quote="I look", note="Where?"),
        mark("tone", model="C", step=1),
        mark("tone", model="C", omission=True, note="A look."),
        comparison("left", seconds=3.5, comment="Good.", created_at=MOMENTS[0]),
        comparison("right", seconds=2, metadata={"app": 1}),
        comparison(None, annotator="judge", annotator_kind="judge"),
        comparison("tie", assignment="one", inclusion_probability=0.5, sampling="random"),
        score(3, assignment="one"),
        score(2, model="B", assignment="one", seconds=1),
        mark("tone", assignment="one", severity="minor", start=0, end=3, quote="Yes"),
        mark(None, model="B", assignment="one"),
        mark("tone", model="B", assignment="one", revision=2),
        score(1),
        score(2, revision=4),
    ]


@pytest.mark.parametrize("field", ["seconds", "comment"])
def test_what_is_told_once_of_an_annotation_is_not_repeated_on_its_scores(
    sqlite_database, tmp_path, field
):
    told = {"seconds": 4, "comment": "Both fine."}
    records = [
        CRITERION,
        *_every_shape()[:3],
        {
            "type": "comparison",
            "case": "c1",
            "annotator": "Ann",
            "left": "A",
            "right": "B",
            "preference": "tie",
            "assignment": "one",
            **told,
        },
        {
            "type": "score",
            "case": "c1",
            "annotator": "Ann",
            "model": "A",
            "criterion": "helpful",
            "value": 2,
            "assignment": "one",
        },
    ]
    import_file(write(tmp_path / "file.jsonl", records))

    compared, scored = exported_labels()

    assert compared[field] == told[field]
    assert field not in scored
