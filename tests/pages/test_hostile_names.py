"""Every page with names, keys and texts that something between file and screen could take up."""

import re
from collections.abc import Iterator

import pytest
from google.protobuf.message import Message

from db.commands.records import import_file
from db.engine import read_session
from db.queries import library
from evalkit.vocabulary import Role
from pages.shared import menu
from tests.db.record_files import write

MARKUP = (
    "![x](http://evil.example/x.png) :red[x] $a$ <img src=x> **b** :m: [a](http://evil.example)"
)
RIGHT_TO_LEFT = "\u202egpt\u200f"
NAMES = [
    MARKUP,
    "a__b/c#d?e&f='\"`",
    "None",
    "nan",
    "NULL",
    RIGHT_TO_LEFT,
    "x" * 300,
    "Jose\u0301",
    "\N{GRINNING FACE} constructor",
    "__proto__",
    "a\tb, c",
]
#: Composed and decomposed: two models, cases and categories may be called so, two people not.
TWIN = "Jos\u00e9"
MODELS = [MARKUP, "a__b/c#d?e&f='\"`", RIGHT_TO_LEFT, "None", "Jose\u0301", TWIN]

PAGES = [entry for entry in menu.ENTRIES if entry.file != "annotate/compare.py"]


@pytest.fixture
def hostile(sqlite_database, tmp_path):
    """Store a study in which everything that can be named is named by somebody hostile."""
    cases = [*NAMES, TWIN]
    header = {"type": "header", "format": "evalkit", "version": 1, "eval_set": MARKUP}
    records = [
        {"type": "criterion", "rubric": MARKUP, "key": key, "question": key, "level": "ordinal"}
        | {"scale": [{"value": value, "label": f"{value} {MARKUP}"} for value in (1, 2, 3)]}
        for key in (MARKUP, "a__b/c", "None")
    ]
    records += [
        {"type": "tag", "taxonomy": MARKUP, "key": key, "name": key}
        for key in (MARKUP, "a__b/c#?", "None", "__proto__")
    ]
    for number, key in enumerate(cases):
        ask = [{"role": "user", "content": MARKUP}]
        records.append({"type": "case", "id": key, "input": ask, "category": key, "note": MARKUP})
        for place, model in enumerate(MODELS):
            made = {"type": "output", "case": key, "model": model, "content": MARKUP}
            records.append(made | {"latency_ms": 0.2 + place, "cost_usd": 0.001 * (place + 1)})
        for place, annotator in enumerate((MARKUP, "None", "a__b", RIGHT_TO_LEFT)):
            left, right = MODELS[number % 6], MODELS[(number + 1 + place) % 6]
            left, right = (left, right) if left != right else (left, MODELS[(number + 1) % 6])
            label = {"case": key, "annotator": annotator}
            prefers = ("left", "right", "tie", "both_bad")[(number + place) % 4]
            records.append(
                {"type": "comparison", "left": left, "right": right, "preference": prefers}
                | {**label, "comment": MARKUP, "seconds": 5}
            )
            score = {"type": "score", "criterion": MARKUP, "value": 1 + (number + place) % 3}
            records.append({**score, **label, "model": left})
            error = {"type": "error", "tag": (MARKUP, "a__b/c#?", None)[(number + place) % 3]}
            records.append({**error, **label, "model": left, "note": MARKUP})
    import_file(write(tmp_path / "hostile.jsonl", records, header=header), study=MARKUP)
    with read_session() as session:
        (study,) = library.studies(session)
    return study.study_id


def written(node) -> Iterator[tuple[str, str, str]]:
    """Give kind, field and text of everything a page sends to the browser."""
    children = getattr(node, "children", None)
    proto = getattr(node, "proto", None)
    if isinstance(proto, Message):
        yield from fields(type(proto).__name__, proto)
    for child in (children or {}).values():
        yield from written(child)


def fields(kind: str, proto: Message) -> Iterator[tuple[str, str, str]]:
    for field, value in proto.ListFields():
        many = value if field.is_repeated else [value]
        for each in many:
            if isinstance(each, Message):
                yield from fields(kind, each)
            elif isinstance(each, str):
                yield kind, field.name, each


#: Elements that show their text as it is, and the options of lists, which are not Markdown.
PLAIN = {"Text", "Code", "CodeProto", "TextInput", "TextArea"}
TAKEN_UP = re.compile(r"!\[x\]\(|(?<!\\):red\[|(?<!\\):m:|(?<!\\)<img|(?<!\\)\$a\$")
LABELS = {"label", "body", "help", "content", "caption", "title"}


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_no_page_fails_or_takes_a_name_for_markup_or_part_of_a_key(app, sign_in, hostile, entry):
    sign_in(app, Role.ADMIN, name=":red[me] ![x](http://evil.example/x.png)")
    app.run().switch_page(entry.file)
    app.query_params["study"] = str(hostile)

    app.run()

    assert not app.exception
    texts = list(written(app._tree))
    assert len(texts) > 10
    markdown = [
        (kind, field, text)
        for kind, field, text in texts
        if kind not in PLAIN and kind != "Html" and field in LABELS and TAKEN_UP.search(text)
    ]
    assert markdown == []
    assert [text for kind, _, text in texts if kind == "Html" and "<img" in text] == []
    ids = [text for _, field, text in texts if field in {"id", "key", "element_id"}]
    assert [key for key in ids if "a__b" in key or "evil" in key or "red[" in key] == []


def test_the_case_whose_key_has_what_parts_keys_in_streamlit_is_shown(app, sign_in, hostile):
    sign_in(app, Role.LEAD)
    for file in ("results/compare.py", "results/failures.py", "library/eval_sets.py"):
        app.run().switch_page(file)
        app.query_params["study"] = str(hostile)
        app.run()
        assert not app.exception
    app.switch_page("results/regression.py")
    app.query_params["case"] = NAMES[1]
    app.run()

    assert not app.exception
    assert app.query_params["case"] in (NAMES[1], [NAMES[1]])
