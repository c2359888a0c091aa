"""Tables whose every number can be a link and carries its difference beneath; text first."""

import html
import itertools
from collections.abc import Callable

import streamlit as st

from evalkit import text
from evalkit.reports.blocks import Cell, Table, Target
from pages.shared.display.charts.colours import BLUE, ORANGE

#: More columns than this have upright headings on a phone.
_MOST_LEVEL = 5
#: More columns than this fit no phone: their numbers stay whole, and the table is scrolled.
_MOST_FITTING = 9

#: Text stays readable on it, on a light and on a dark page.
_STRONGEST = 0.5

_STYLE = f"""<style>
.ek-frame {{ overflow-x: auto; }}
.ek-table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }}
.ek-table th, .ek-table td {{ padding: .5rem .7rem; text-align: right; vertical-align: top;
  border-bottom: 1px solid rgba(138,143,152,.25); line-height: 1.35; }}
.ek-table thead th {{ font-size: .8rem; font-weight: 500; opacity: .72; vertical-align: bottom; }}
.ek-table th:first-child, .ek-table td:first-child {{ text-align: left; padding-left: 0; }}
.ek-table .words {{ text-align: left; }}
.ek-table td.words .number {{ white-space: normal; min-width: 9rem; }}
.ek-table tbody th {{ font-weight: 600; white-space: nowrap; }}
.ek-table a {{ color: inherit; text-decoration: none; display: block; }}
.ek-table a:hover, .ek-table a:focus-visible {{ text-decoration: underline;
  text-underline-offset: .2em; }}
.ek-table .number {{ font-size: .95rem; white-space: nowrap; }}
.ek-table .small {{ font-size: .8rem; opacity: .72; }}
.ek-table .better .small, .ek-table .worse .small {{ opacity: 1; font-weight: 600; }}
.ek-table .undecided .small {{ opacity: .6; }}
.ek-table th .small {{ font-weight: 400; }}
.ek-table wbr {{ display: none; }}
.ek-table .mark {{ font-size: .75em; vertical-align: .12em; }}
.ek-map td {{ text-align: center; border: 2px solid transparent; background-clip: padding-box;
  border-radius: 6px; min-width: 4.75rem; }}
.ek-map td, .ek-map thead th {{ padding-left: .4rem; padding-right: .4rem; }}
.ek-map thead th {{ text-align: center; border-bottom: 0; }}
.ek-map tbody th {{ font-weight: 500; font-size: .9rem; vertical-align: middle;
  border-bottom: 0; white-space: normal; overflow-wrap: anywhere; min-width: 5.5rem;
  max-width: 18rem; }}
.ek-map tbody th .number {{ white-space: normal; }}
.ek-map td.better {{ background-color: rgba({BLUE}, .38); }}
.ek-map td.worse {{ background-color: rgba({ORANGE}, .38); }}
.ek-map td.undecided {{ background-color: rgba(138,143,152,.1); }}
.ek-map td.undecided .number {{ opacity: .65; }}
.ek-map td[style] .small {{ opacity: .9; }}
.ek-map td.better .small, .ek-map td.worse .small {{ font-weight: 400; }}
.ek-grouped colgroup + colgroup {{ border-left: 3px solid rgba(138,143,152,.22); }}
.ek-grouped thead tr:last-child th {{ writing-mode: vertical-rl; transform: rotate(180deg);
  text-align: left; vertical-align: middle; max-height: 13rem; }}
.ek-grouped thead tr:first-child th {{ font-size: .9rem; font-weight: 600; opacity: 1; }}
.ek-map.ek-grouped td {{ min-width: 2.4rem; padding: .35rem .1rem; }}
.ek-total tbody tr:first-child > * {{ font-weight: 600; }}
@media (max-width: 640px) {{
  .ek-cards thead {{ position: absolute; clip-path: inset(50%); height: 1px; overflow: hidden; }}
  .ek-cards tr {{ display: block; padding: .6rem 0;
    border-bottom: 1px solid rgba(138,143,152,.35); }}
  .ek-cards th, .ek-cards td {{ display: flex; justify-content: space-between; border: 0;
    padding: .2rem 0; gap: 1rem; }}
  .ek-cards :is(td, th)[data-name]::before {{ content: attr(data-name); font-size: .8rem;
    opacity: .72; text-align: left; }}
  .ek-cards td > *, .ek-cards th > * {{ min-width: 0; }}
  .ek-cards .number {{ white-space: normal; }}
  .ek-cards td.words .number {{ min-width: 0; }}
  .ek-map td {{ min-width: 2.6rem; padding: .4rem .15rem; }}
  .ek-map thead th {{ padding-left: .15rem; padding-right: .15rem; overflow-wrap: anywhere; }}
  .ek-map td .small {{ font-size: .75rem; overflow-wrap: anywhere; }}
  .ek-map td .small wbr {{ display: inline; }}
  .ek-map tbody th .number {{ font-size: .85rem; }}
  .ek-map tbody th {{ position: sticky; left: 0; background-color: light-dark(#FFFEFB, #16191D); }}
  .ek-many thead th {{ writing-mode: vertical-rl; transform: rotate(180deg); text-align: left;
    vertical-align: top; max-height: 9rem; }}
  .ek-many td {{ min-width: 2.6rem; }}
  .ek-map.ek-wide td .small {{ overflow-wrap: normal; }}
}}
@media (min-width: 640.02px) {{
  .ek-map tbody th {{ min-width: 9rem; }}
}}
@media print {{
  .ek-frame {{ overflow: visible; }}
  .ek-table th, .ek-table td {{ padding: .3rem .25rem; }}
  .ek-table .number, .ek-table .small {{ white-space: normal; font-size: .7rem; }}
  .ek-table thead th {{ font-size: .65rem; }}
  .ek-map td {{ min-width: 0; }}
  .stDownloadButton {{ display: none; }}
}}
</style>"""


def show(table: Table, *, address: Callable[[Target], str]) -> None:
    """Show a table of blocks, each number leading to what ``address`` makes of its target.

    Maps have tinted cells; other tables become a card per row on a small screen. The title is
    read out, not shown.
    """
    columns = table.columns
    head = "".join(_heading(name, name in table.left) for name in columns)
    lead, spans = _groups(table)
    body = "".join(
        f"<tr>{_row_head(row[0], columns[0], address)}"
        + "".join(
            _cell(cell, name, address, is_words=name in table.left)
            for cell, name in zip(row[1:], columns[1:], strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    kind = "map" if table.is_map else "cards"
    more = " ek-total" if table.has_total else ""
    more += " ek-many" if len(columns) > _MOST_LEVEL else ""
    more += " ek-wide" if len(columns) > _MOST_FITTING else ""
    more += " ek-grouped" if spans else ""
    st.html(
        f'{_STYLE}<div class="ek-frame"><table class="ek-table ek-{kind}{more}" '
        f'aria-label="{html.escape(table.title)}">'
        f"{spans}<thead>{lead}<tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _groups(table: Table) -> tuple[str, str]:
    """Return the row of headings over groups of columns, and what parts these."""
    groups = [(html.escape(name), len(list(of))) for name, of in itertools.groupby(table.groups)]
    heads = "".join(f'<th scope="colgroup" colspan="{n}">{name}</th>' for name, n in groups)
    spans = "".join(f'<colgroup span="{n}"></colgroup>' for _, n in groups)
    return (f"<tr><td></td>{heads}</tr>", f"<colgroup></colgroup>{spans}") if groups else ("", "")


def _heading(name: str, is_words: bool) -> str:
    kind = ' class="words"' if is_words else ""
    return f'<th scope="col"{kind}>{html.escape(name)}</th>'


def _row_head(cell: Cell, name: str, address: Callable[[Target], str]) -> str:
    """Return what a row is called; a number alone says of a card nothing, so its column does."""
    is_bare = not any(letter.isalpha() for letter in cell.text.replace(" to ", ""))
    about = f' data-name="{html.escape(name)}"' if is_bare else ""
    return f'<th scope="row"{about}>{_inside(cell, address)}</th>'


def _cell(cell: Cell, name: str, address: Callable[[Target], str], *, is_words: bool) -> str:
    about = f' title="{html.escape(cell.about)}"' if cell.about else ""
    tint = f' style="{_tint(cell.tint)}"' if cell.tint else ""
    kind = " ".join(filter(None, (cell.tone, "words" if is_words else "")))
    kind = f'class="{kind}" data-name="{html.escape(name)}"{about}{tint}'
    return f"<td {kind}>{_inside(cell, address)}</td>"


def _tint(strength: float) -> str:
    colour = BLUE if strength > 0 else ORANGE
    return f"background-color: rgba({colour}, {_STRONGEST * abs(strength):.3f})"


def _inside(cell: Cell, address: Callable[[Target], str]) -> str:
    mark = cell.tone.mark
    sign = f'<span class="mark" role="img" aria-label="{cell.tone}">{mark}</span>&nbsp;'
    sign = sign if mark else ""
    # Where a map has no room for an interval on one line, it goes on after its comma, not inside
    # a number.
    small = html.escape(text.unbroken(cell.small)).replace(",\xa0", ",<wbr>\xa0")
    lines = f'<div class="number">{"" if small else sign}{html.escape(cell.text)}</div>'
    if small:
        lines += f'<div class="small">{sign}{small}</div>'
    if cell.target is None:
        return f"<div>{lines}</div>"
    href = html.escape(address(cell.target))
    return f'<a href="{href}" target="_self">{lines}</a>' if href else f"<div>{lines}</div>"
