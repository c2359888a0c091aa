"""Every page with names, keys and texts that something between file and screen could take up."""

import re
from collections.abc import Iterator

import pytest
from google.protobuf.message import Message

from evalkit.vocabulary import Role
from pages.shared import menu
from tests.hostile_study import NAMES, store_hostile_study
from tests.pages.conftest import at_page

PAGES = [entry for entry in menu.ENTRIES if entry.file != "annotate/compare.py"]


@pytest.fixture
def hostile(sqlite_database, tmp_path):
    return store_hostile_study(tmp_path)


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
    at_page(app, entry.file)
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
        at_page(app, file)
        app.query_params["study"] = str(hostile)
        app.run()
        assert not app.exception
    app.switch_page("results/regression.py")
    app.query_params["case"] = NAMES[1]
    app.run()

    assert not app.exception
    assert app.query_params["case"] in (NAMES[1], [NAMES[1]])
