"""What all charts share: no ground of their own, no title, no legend, room for direct labels."""

import textwrap

import plotly.graph_objects as go

SMALL = 12
LABEL = 13.5


def bare(figure: go.Figure, *, height: int, **margin: int) -> go.Figure:
    """Strip a figure to its marks; colours of text come from the page's theme."""
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0} | margin,
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hovermode="closest",
        dragmode=False,
    )
    figure.update_xaxes(showgrid=False, zeroline=False, fixedrange=True, automargin=False)
    figure.update_yaxes(showgrid=False, zeroline=False, fixedrange=True, automargin=False)
    return figure


def wrapped(text: str, width: int = 14) -> str:
    """Break a name over up to three lines, also after a slash, and shorten what is longer still."""
    mark = "\N{ZERO WIDTH SPACE}"
    lines = textwrap.wrap(text.replace("/", f"/{mark} "), width, max_lines=3, placeholder="…")
    return "<br>".join(plain(line.replace(f"{mark} ", "").replace(mark, "")) for line in lines)


def shortened(text: str, most: int) -> str:
    """Leave out the middle of a name that is too long: names often differ at their ends."""
    if len(text) <= most:
        return text
    end = (most - 1) // 2
    return f"{text[: most - 1 - end]}…{text[len(text) - end :]}"


def plain(text: str) -> str:
    """Return text that Plotly shows as it is: it reads a few HTML tags, and nothing else."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
