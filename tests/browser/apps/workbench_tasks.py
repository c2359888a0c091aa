"""Tasks of every shape the annotation screen has to carry."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from db.queries.annotation.form import asked_tag
from evalkit.annotation.rubric import DEFAULT_RUBRIC, READY_GUIDELINES
from evalkit.annotation.task import (
    BlindedResponse,
    ComparisonTask,
    ScaleLevel,
    TaskCriterion,
    TaskItem,
    TaskTag,
)
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY, TagDefinition
from evalkit.scale import ScaleRange
from evalkit.severity import Severity
from evalkit.vocabulary import TaskKind

CRITERIA = tuple(
    TaskCriterion(
        key=criterion.key,
        question=criterion.question,
        description=criterion.description,
        levels=criterion.scale,
        required=criterion.required,
    )
    for criterion in DEFAULT_RUBRIC
)
TAGS = tuple(asked_tag(tag) for tag in DEFAULT_TAXONOMY)
#: What WMT grades by, and three more: as many as there can be.
GRADES = tuple(
    Severity(name.replace(" ", "-"), name, weight)
    for name, weight in (
        ("neutral", 0.0),
        ("punctuation", 0.1),
        ("minor", 1.0),
        ("major", 5.0),
        ("critical", 10.0),
        ("unusable", 15.0),
        ("dangerous", 20.0),
        ("non-translation", 25.0),
    )
)
GRADED_TAGS = tuple(
    asked_tag(replace(tag, severities=tuple(grade.key for grade in GRADES)), GRADES)
    for tag in DEFAULT_TAXONOMY
)
EVERYTHING = frozenset(("preference", "scores", "tags", "comment"))
FINER = EVERYTHING | {"strength", "certainty"}

FORMULAS = """\
The root is $\\sqrt{25-24} = 1$, since $\\mathbf{x} = \\left(\\frac{a}{b}\\right)^2$, and \\[x\\].

$$
\\begin{aligned}
(a+b)^2 &= a^2 + 2ab + b^2 \\\\
        &= c^2
\\end{aligned}
$$

$$ f(n) = \\begin{dcases} 1 & n = 0 \\\\ n f(n-1) & n > 0 \\end{dcases} $$

$$ \\begin{array}{cc|c} 1 & 2 & 3 \\\\ \\hline 4 & 5 & 6 \\end{array} \\qquad \\boxed{42} $$

\\[ \\sum_{k=1}^{n} k = \\frac{n(n+1)}{2} \\\\ \\int_0^1 x^2\\,dx = \\tfrac13 \\]

This cannot be set: \\(\\cancel{x} + 1\\). It costs $20 now and 30$ later, in $HOME/$USER.
"""
UNFENCED = """\
5*4*3 is 60, and `__init__` or __init__ is a name. Then:
y = f(x)

# the total
def total(rows):
    return sum(rows) * 2

print(total([1, 2]))

Once more, with feeling:
print(total)
"""
MARKDOWN = """\
You can return the headphones until **14 March**, because the shop takes back unopened *and* opened
goods within 30 days of delivery [see the policy](https://example.test/returns).

What you need:

1. The order number, which you find in the confirmation.
2. The original box -> if it is gone, `--no-box` costs $5 and not $10.

| Step | Who | Takes |
|------|-----|------:|
| Pack | you | 5 min |
| Collect | courier | 2 days |
| Refund | shop | 3 days |

```python
def refund(price: float, days: int) -> float:
    return price if days <= 30 else 0.0  # no partial refunds
```

The refund is $r = p \\cdot (1 - f)$, so

$$ r = \\frac{129.90}{1 + 0.19} $$

![a tracker](http://127.0.0.1:9/tracker.png) <img src=x onerror="window.hurt=1">
"""
PLAIN = """\
Sorry to hear that. Returns are possible within 30 days of delivery, also if the box was opened.

- Go to *My orders*
- Choose **Return**
- Print the label

The money is back on your card about three days after the parcel arrives.
"""
QUESTION = "I bought headphones on 12 February and opened the box. Can I still return them?"


def _task(
    number: int, left: BlindedResponse, right: BlindedResponse | None, **changes: Any
) -> ComparisonTask:
    values: dict[str, Any] = {
        "assignment_id": number,
        "study_id": 1,
        "study_name": "Support answers, spring",
        "case_category": "support",
        "messages": ({"role": "user", "content": QUESTION},),
        "context": (),
        "tools": (),
        "criteria": CRITERIA,
        "tags": TAGS,
        "collect": EVERYTHING,
        "guidelines": READY_GUIDELINES[TaskKind.PAIR],
        "told": "as it is now",
        "draft": {},
        "active_seconds": 0.0,
        "is_submitted": False,
        "has_edit": False,
        "token": f"token-of-{number}",
        "draft_mark": "",
        "revision": 0,
        "previous_assignment_id": None,
        "next_assignment_id": None,
        "n_done": 11,
        "n_total": 40,
    }
    responses = {"left": left} if right is None else {"left": left, "right": right}
    return ComparisonTask(**{**values, "responses": responses, **changes})


_CALL = {
    "id": "call_9f3a",
    "type": "function",
    "function": {
        "name": "search_orders",
        "arguments": json.dumps(
            {"customer": "C-2041", "since": "2026-02-01", "filters": {"status": ["open", "sent"]}}
        ),
    },
}
_RESULT = json.dumps(
    {"orders": [{"id": "A-17", "total": 129.90, "status": "sent", "items": ["headphones"]}]}
)
TRAJECTORY: tuple[dict[str, Any], ...] = (
    {"role": "assistant", "content": "Let me look that up.", "tool_calls": [_CALL]},
    {"role": "tool", "tool_call_id": "call_9f3a", "content": _RESULT},
    {"role": "assistant", "content": PLAIN},
)
CONVERSATION: tuple[dict[str, Any], ...] = (
    {
        "role": "system",
        "content": "You are the assistant of an online shop. Answer from the policy only. "
        "Never promise a refund that the policy does not give. " * 6,
    },
    {"role": "user", "content": QUESTION},
    {"role": "assistant", "content": "Which order is it?", "tool_calls": [_CALL]},
    {"role": "tool", "tool_call_id": "call_9f3a", "content": _RESULT},
    {"role": "user", "content": "The last one, **A-17**."},
)
TALK: tuple[dict[str, Any], ...] = (
    {"role": "assistant", "content": "It left our house **yesterday**."},
    {"role": "user", "content": "Can I still change the address?"},
    {"role": "assistant", "content": "Yes. It is *Mill Road 5* now 😀. Nothing else is needed."},
)
CONTEXT = (
    {"id": "policy-3", "text": "Goods can be returned within 30 days of delivery. " * 18},
    {"id": "policy-9", "text": "Opened hygiene articles cannot be returned. " * 14},
)
TOOLS = (
    {
        "type": "function",
        "function": {
            "name": "search_orders",
            "description": "Find the orders of a customer.",
            "parameters": {
                "type": "object",
                "properties": {
                    "customer": {"type": "string", "description": "Number of the customer"},
                    "since": {"type": "string", "description": "First day, as YYYY-MM-DD"},
                },
                "required": ["customer"],
            },
        },
    },
)
LONG = "\n\n".join(
    f"## Part {part}\n\n" + "The policy says that goods can be returned within thirty days. " * 40
    for part in range(1, 50)
)
ARABIC = "يمكنك إرجاع السماعات خلال **30 يومًا** من التسليم.\n\n- افتح الطلبات\n- اختر الإرجاع"
ARABIC_TALK: tuple[dict[str, Any], ...] = (
    {"role": "assistant", "content": "سأبحث عن **طلبك** 👍🏽 الآن."},
    {"role": "user", "content": "شكرًا"},
    {"role": "assistant", "content": "وصل الطلب A-17 يوم `14/3`."},
)
CHINESE = "您可以在收货后三十天内退回耳机。请在“我的订单”中选择退货,然后打印标签。🎧" * 12


def _criterion(key: str, values: Sequence[float], *labels: str) -> TaskCriterion:
    levels = tuple(
        ScaleLevel(float(value), labels[place] if labels else "", f"What {value} means.")
        for place, value in enumerate(values)
    )
    return TaskCriterion(key, f"How about {key}?", "", levels, required=False)


MANY = (
    *CRITERIA,
    _criterion("safety", range(2), "No", "Yes"),
    _criterion("style", range(1, 8)),
    _criterion("depth", range(11)),
)

#: A rubric of four criteria with twenty errors, some of them kinds of others: much to hold.
CROWD = (
    *CRITERIA,
    TaskCriterion(
        "safety",
        "Could acting on it do harm?",
        "To the person who asked, or to anybody else.",
        CRITERIA[1].levels,
        required=True,
    ),
)
_KINDS = ("Made-up source", "Made-up figure", "Wrong date", "Wrong unit", "Wrong name")
_FORMS = ("Broken table", "No code block", "Too many headings", "Invalid JSON")
CROWD_TAGS = (
    *TAGS,
    *(
        TaskTag(f"hallucination/{kind}", kind, f"{kind}: it is not so.", TAGS[0].severities)
        for kind in _KINDS
    ),
    *(TaskTag(f"layout/{form}", form, f"{form}: it cannot be used.", ()) for form in _FORMS),
)

SCALES = (
    _criterion("balance", range(-2, 3)),
    _criterion("ten", range(1, 11)),
    _criterion("halves", (0.5, 1.0, 1.5)),
    _criterion("hundred", (25, 50, 100)),
)
_NAMED = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "cases" / "browser_names.jsonl")
    .read_text()
    .splitlines()
]
#: What is called like something that every object of a browser has.
NAMED_TAGS = tuple(
    asked_tag(TagDefinition(row["key"], row["name"], "", tuple(row["severities"])))
    for row in _NAMED
    if row["type"] == "tag"
)
NAMED_CRITERIA = tuple(
    _criterion(row["key"], [level["value"] for level in row["scale"]])
    for row in _NAMED
    if row["type"] == "criterion"
)

#: Scores on continuous scales: half steps, a scale around 0, one without steps beside levels.
SLIDERS = (
    TaskCriterion(
        "correct",
        "How much of it is correct?",
        "Facts and figures, against the case.",
        (),
        required=True,
        range=ScaleRange(0, 100, 0.5, "Nothing", "All"),
    ),
    TaskCriterion("tone", "How is the tone?", "", (), True, ScaleRange(-5, 5, 1, "Cold", "Warm")),
    CRITERIA[0],
    TaskCriterion("share", "How much was needed?", "", (), False, ScaleRange(0, 1)),
)

#: Questions that are answered in words, between scales.
WRITTEN = (
    CRITERIA[0],
    TaskCriterion("why", "Why did it get this score?", "One sentence is enough.", (), False),
    TaskCriterion("source", "Which source does it rest on?", "", (), True),
)

#: What is more code points than it seems, what is read from right to left, and all kinds of blanks.
LETTERS = (
    "The family 👩‍👩‍👧 of 4 waits 👍🏽 at the *cafe\u0301* — \\*really\\* &amp; 𝒳, ﬁne.\n\n"
    "> אפשר להחזיר את **האוזניות** תוך 30 יום, says A.\n\n"
    '- e\u0301a\u0308 `x = "é"  # ok`\n- so $a^2$ is\n  wrapped on two lines\n\n'
    "| Größe | 価格 |\n|---|---|\n| 𝟙𝟚 | ¥1,000 |\n\n"
    "One line of two,\r\nfrom another system,\tset apart: 10\u00a0000\u202f€.\r\n\r\n"
    "The\u00a0end.\r\n"
)

ITEMS = (
    TaskItem("dated", "Does it say until when the headphones can be returned?"),
    TaskItem("polite", "Is it polite?"),
)

TASKS: dict[str, ComparisonTask] = {
    "plain": _task(1, BlindedResponse(MARKDOWN), BlindedResponse(PLAIN)),
    "tools": _task(
        2,
        BlindedResponse(PLAIN, steps=TRAJECTORY),
        BlindedResponse(PLAIN),
        messages=CONVERSATION,
        context=CONTEXT,
        tools=TOOLS,
        case_category="tool use",
    ),
    "talk": _task(
        27,
        BlindedResponse("Yes.", steps=TALK),
        None,
        collect=EVERYTHING - {"preference"},
        messages=({"role": "user", "content": "Where is my order?"},),
    ),
    "formulas": _task(9, BlindedResponse(FORMULAS), BlindedResponse(UNFENCED)),
    "empty": _task(3, BlindedResponse(""), BlindedResponse("  \n ")),
    "long": _task(
        4,
        BlindedResponse(LONG),
        BlindedResponse("x" * 5000 + " end"),
        messages=({"role": "user", "content": QUESTION + "\n\n" + LONG},),
    ),
    "scripts": _task(
        5,
        BlindedResponse(ARABIC),
        BlindedResponse(CHINESE),
        messages=({"role": "user", "content": "هل يمكنني إرجاع السماعات؟"},),
    ),
    "single": _task(6, BlindedResponse(PLAIN), None),
    "many": _task(
        8,
        BlindedResponse(MARKDOWN),
        BlindedResponse(PLAIN),
        messages=({"role": "user", "content": QUESTION + "\n\n" + LONG},),
        criteria=MANY,
    ),
    "sources": _task(
        14,
        BlindedResponse(
            "Yes, within 30 days of delivery [1], unless it is a hygiene article [2] or [7].\n\n"
            "```python\nlimit = 30  # days\nfor order in orders:\n    if order.days <= limit:\n"
            '        print("can be returned")\n```\n\n' + LONG
        ),
        BlindedResponse(LONG.replace("thirty days", "a month") + "\n\nOnly within thirty days."),
        messages=CONVERSATION,
        context=CONTEXT,
    ),
    "finer": _task(16, BlindedResponse(MARKDOWN), BlindedResponse(PLAIN), collect=FINER),
    "better": _task(
        17, BlindedResponse(MARKDOWN), BlindedResponse(PLAIN), collect=FINER | {"preferences"}
    ),
    "bettersole": _task(
        18,
        BlindedResponse(MARKDOWN),
        BlindedResponse(PLAIN),
        collect=frozenset({"preference", "preferences"}),
    ),
    "letters": _task(
        31,
        BlindedResponse(LETTERS),
        BlindedResponse(MARKDOWN),
        messages=({"role": "user", "content": QUESTION},),
    ),
    "alike": _task(
        15, BlindedResponse(PLAIN), BlindedResponse(PLAIN.replace("three", "at least four"))
    ),
    "crowded": _task(
        13,
        BlindedResponse(MARKDOWN + "\n\n" + LONG),
        BlindedResponse(LONG),
        messages=({"role": "user", "content": QUESTION + "\n\n" + LONG},),
        criteria=CROWD,
        tags=CROWD_TAGS,
    ),
    "graded": _task(19, BlindedResponse(PLAIN), BlindedResponse(MARKDOWN), tags=GRADED_TAGS),
    "scales": _task(10, BlindedResponse(PLAIN), BlindedResponse(PLAIN), criteria=SCALES),
    "sliders": _task(16, BlindedResponse(PLAIN), BlindedResponse(MARKDOWN), criteria=SLIDERS),
    "checks": _task(
        18,
        BlindedResponse(PLAIN),
        BlindedResponse(MARKDOWN),
        criteria=CRITERIA[:1],
        checklist=ITEMS,
    ),
    "written": _task(17, BlindedResponse(PLAIN), BlindedResponse(MARKDOWN), criteria=WRITTEN),
    "everything": _task(
        40,
        BlindedResponse(PLAIN),
        BlindedResponse(MARKDOWN),
        criteria=(CRITERIA[0], SLIDERS[0], WRITTEN[1]),
        checklist=ITEMS,
        collect=FINER | {"preferences"},
    ),
    "alone": _task(
        41,
        BlindedResponse(ARABIC),
        None,
        criteria=(CRITERIA[0], SLIDERS[0], WRITTEN[1]),
        checklist=ITEMS,
    ),
    "opposite": _task(
        42,
        BlindedResponse(ARABIC),
        BlindedResponse(ARABIC_TALK[-1]["content"], steps=ARABIC_TALK),
        messages=({"role": "user", "content": "هل يمكنني إرجاع السماعات؟"},),
        criteria=(CRITERIA[0], SLIDERS[0], WRITTEN[1]),
        checklist=ITEMS,
        collect=FINER | {"preferences"},
    ),
    "ordered": _task(
        43,
        BlindedResponse(PLAIN),
        None,
        responses={
            "left": BlindedResponse(ARABIC),
            "right": BlindedResponse(CHINESE),
            "third": BlindedResponse(ARABIC_TALK[-1]["content"], steps=ARABIC_TALK),
        },
        criteria=(CRITERIA[0],),
        collect=frozenset({"ranking", "scores", "tags", "comment"}),
    ),
    "five": _task(
        44,
        BlindedResponse(PLAIN),
        None,
        responses={
            "left": BlindedResponse(MARKDOWN),
            "right": BlindedResponse(CHINESE),
            "third": BlindedResponse(ARABIC_TALK[-1]["content"], steps=ARABIC_TALK),
            "fourth": BlindedResponse(PLAIN),
            "fifth": BlindedResponse(ARABIC),
        },
        criteria=(CRITERIA[0], SLIDERS[0]),
        checklist=ITEMS,
        collect=frozenset({"ranking", "scores", "tags", "comment"}),
    ),
    "asserted": _task(
        45,
        BlindedResponse(PLAIN),
        BlindedResponse(MARKDOWN),
        criteria=(),
        collect=frozenset({"preference", "tags", "comment", "assertion"}),
    ),
    "names": _task(
        11, BlindedResponse(PLAIN), BlindedResponse(PLAIN), criteria=NAMED_CRITERIA, tags=NAMED_TAGS
    ),
    "rich": _task(
        12,
        BlindedResponse(MARKDOWN),
        BlindedResponse("```\n" + "wide " * 80 + "\n```\n\n*The model returned nothing.*"),
        messages=CONVERSATION,
        context=CONTEXT,
    ),
    "told": _task(
        30,
        BlindedResponse(PLAIN),
        BlindedResponse(PLAIN),
        messages=(
            {"role": "system", "content": "You are the assistant of an online shop. " * 5},
            {"role": "user", "content": QUESTION},
        ),
    ),
    "bare": _task(
        7, BlindedResponse(PLAIN), BlindedResponse(MARKDOWN), collect=frozenset(("preference",))
    ),
}
