"""Words of an agent's steps, marked as they are read."""

from evalkit.rendering.messages import raw_messages
from tests.browser.apps.workbench_tasks import TRAJECTORY

SELECT = """words => {
  const walker = document.createTreeWalker(
    document.querySelector(".ek-pane[data-side=left] .ek-pane-body"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const start = walker.currentNode.data.indexOf(words);
    if (start < 0) continue;
    const range = document.createRange();
    range.setStart(walker.currentNode, start);
    range.setEnd(walker.currentNode, start + words.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return;
  }
}"""


def test_words_of_a_rendered_step_are_marked_where_they_stand(server, opened):
    page = opened("tools")
    page.evaluate(SELECT, "look that")
    page.get_by_role("button", name="Mark error", exact=True).click()
    page.keyboard.press("h")
    page.keyboard.press("Enter")

    server.wait_for("draft", lambda sent: bool(sent) and "marks" in sent[-1]["draft"])

    (mark,) = server.requests("draft")[-1]["draft"]["marks"]["left"]
    start = raw_messages(TRAJECTORY).index("look that")
    assert (mark["start"], mark["end"], mark["quote"]) == (start, start + 9, "look that")
