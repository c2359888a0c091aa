"""What is copied from an eval set is known again, in any script and of any length."""

import pytest

from evalkit.formats.overlap import EvalTasks

CHINESE = (
    "\u8bf7\u544a\u8bc9\u6211\u4f60\u4eec\u7684\u9000\u6b3e\u653f\u7b56\u662f\u4ec0\u4e48\uff1f"
)
MORE = "\u8981\u591a\u4e45\u624d\u80fd\u6536\u5230\u94b1"
LONG = "Please say in one sentence what the refund policy of this shop is."


def user(text):
    return {"role": "user", "content": text}


def overlap(asked, trained):
    tasks = EvalTasks()
    tasks.add("case 'x'", "one hash", [{"role": "system", "content": "Be kind."}, *asked])
    return tasks.overlap("another hash", [{"role": "system", "content": "Be brief."}, *trained])


@pytest.mark.parametrize(
    ("asked", "trained", "why"),
    [
        pytest.param(
            "What is our refund policy?", "what is our REFUND policy", "all that", id="short"
        ),
        pytest.param(CHINESE, CHINESE, "all that", id="short, without spaces"),
        pytest.param(
            CHINESE + MORE, "So. " + CHINESE + MORE, "in a row", id="within, without spaces"
        ),
        pytest.param(LONG, "Hello! " + LONG, "8 words in a row", id="long"),
    ],
)
def test_a_question_under_another_system_prompt_is_known_again(asked, trained, why):
    assert why in overlap([user(asked)], [user(trained)])


@pytest.mark.parametrize(
    ("asked", "trained"),
    [
        pytest.param(["What is our refund policy?"], ["What is our return policy?"], id="short"),
        pytest.param([CHINESE], [MORE], id="without spaces"),
        pytest.param([LONG, "Thanks!"], ["Thanks!"], id="one short turn of a long case"),
        pytest.param(["", "?!"], ["..."], id="no word at all"),
    ],
)
def test_what_is_asked_otherwise_overlaps_with_nothing(asked, trained):
    assert overlap(map(user, asked), map(user, trained)) is None
