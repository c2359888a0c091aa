"""What of a record is searched: every text, whatever stands beside it and what it is called."""

import pytest

from evalkit.redaction.records import category_name, redacted_record
from evalkit.redaction.redaction import Redaction

MAIL = "bob.smith@corp.com"
KEY = "sk-proj-" + "aB3dE5fG7hJ9kL1mN3pQ5rS7"
IMAGE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAE="


def redacted(kind, **fields):
    return redacted_record(kind, fields, Redaction()).fields


def call(arguments):
    function = {"name": "send", "arguments": arguments}
    return [{"role": "assistant", "tool_calls": [{"id": "call_1", "function": function}]}]


@pytest.mark.parametrize(
    "record",
    [
        {"context": [{"text": f"mail {MAIL}", "source": "crm"}]},
        {"context": [{"text": "mail", "source": MAIL}]},
        {"metadata": {"source": "web", "contact": MAIL}},
        {"metadata": {"image": "front.png", "contact": MAIL}},
        {"metadata": {"id": MAIL, "key": KEY}},
        {"metadata": {"request": {"id": MAIL, "role": MAIL, "model": MAIL}}},
        {"context": [{"id": "p1", "text": "x", "metadata": {"id": MAIL}}]},
        {"metadata": {"line": f"data: my mail is {MAIL}"}},
        {"metadata": {"line": f'data: {{"to": "{MAIL}"}}'}},
        {"input": call('{"source": "crm", "to": "' + MAIL + '"}')},
        {"input": call('{"id": "' + MAIL + '"}')},
        {
            "input": [
                {
                    "role": "user",
                    "content": [{"type": "tool_result", "source": "crm", "content": MAIL}],
                }
            ]
        },
        {
            "input": [
                {
                    "role": "user",
                    "content": [{"type": "image", "image": IMAGE, "alt": MAIL, "by": MAIL}],
                }
            ]
        },
    ],
    ids=str,
)
def test_no_text_is_left_out_for_what_stands_beside_it_or_what_it_is_called(record):
    words = repr(redacted("case", **record))

    assert MAIL not in words
    assert KEY not in words
    assert "[EMAIL_1]" in words


def test_ids_of_messages_calls_passages_and_items_stay_for_they_are_matched_exactly():
    asked = [
        {"role": "assistant", "tool_calls": [{"id": KEY, "type": "function", "function": {}}]},
        {"role": "tool", "tool_call_id": KEY, "content": "done"},
    ]
    passages = [{"id": MAIL, "text": "x"}]
    items = [{"key": MAIL, "question": "Polite?"}]

    record = redacted("case", input=asked, context=passages, checklist=items)

    assert record == {"input": asked, "context": passages, "checklist": items}


def test_images_stay_as_they_are_wherever_they_are():
    part = {"type": "image_url", "image_url": {"url": "https://bob:pw@corp.com/a.png?x=1"}}
    source = {"type": "base64", "media_type": "image/png", "data": IMAGE.partition(",")[2]}
    asked = [{"role": "user", "content": [part, {"type": "image", "source": source}]}]

    record = redacted("case", input=asked, metadata={"image": IMAGE})

    assert record == {"input": asked, "metadata": {"image": IMAGE}}


def test_a_category_says_the_same_in_every_import_and_nobody_in_it():
    redaction = Redaction()
    redaction.text("Write to ann@corp.com")
    case = {"id": "a", "input": "Hello", "category": "customer bob.smith@corp.com"}
    told = redacted_record("case", case, redaction).fields["category"]
    # Numbers of placeholders are of one import; names of categories are compared between imports.
    assert told == category_name("customer jo@corp.com", Redaction()) == "customer [EMAIL]"
    assert category_name(told, redaction) == told
    assert category_name("refund", redaction) == "refund"
