"""Where the words of a rendered trajectory stand in its raw text."""

from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.rendering.markdown import clean, render_placed
from evalkit.rendering.messages import rendered_steps, step_parts, step_places
from evalkit.rendering.places import Run, visible_text


def message_places(messages: Sequence[Mapping[str, Any]]) -> list[Run]:
    """Return the stretches of `render_messages` that stand in `raw_messages`.

    They are of the texts of the turns, as `render_placed` gives them; what a call was given and
    what a result holds as a table has no place.
    """
    runs: list[Run] = []
    n_rendered = 0
    turns = zip(messages, rendered_steps(messages), step_places(messages), strict=True)
    for message, html, place in turns:
        written, since = place.text_start, 0
        for part in step_parts(message):
            piece, own = render_placed(clean(part))
            begin = html.find(piece, since) if piece else -1
            if begin >= 0:
                start = n_rendered + len(visible_text(html[:begin]))
                runs += [(start + here, written + there, n) for here, there, n in own]
                since = begin + len(piece)
            written += len(part) + 1  # a line each
        n_rendered += len(visible_text(html))
    return runs
