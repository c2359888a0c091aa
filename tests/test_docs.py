"""The documentation holds: its links, commands, keys, examples and computed tables."""

import io
import math
import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evalkit.annotation.rubric import SKIP_REASONS
from evalkit.cli import app
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY
from evalkit.formats.csv_long import LONG_COLUMNS
from evalkit.formats.csv_wide import WIDE_COLUMNS
from evalkit.records.problems import Problems
from evalkit.records.reader import RecordReader
from evalkit.stats.intervals import t_quantile, wilson_interval

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [
    *(ROOT / f"{name}.md" for name in ("README", "CHANGELOG", "CONTRIBUTING")),
    *sorted(DOCS.glob("*.md")),
]
WORKBENCH = ROOT / "pages/shared/components/workbench"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CALL = re.compile(r"(?:\$ )?(?:\.venv/bin/)?python -m evalkit\b ?(.*)")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", _FENCE.sub("", text))


def anchors_of(page: Path) -> set[str]:
    """Return what headings can be linked to, spelled as code hosts do."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands_in(text: str) -> list[str]:
    """Return every call of the command line in code blocks and code spans, without the program."""
    blocks = "\n".join(block.replace("\\\n", " ") for _, block in _FENCE.findall(text))
    spans = "\n".join(re.findall(r"`([^`\n]+)`", _FENCE.sub("", text)))
    calls = [_CALL.match(line.strip()) for line in f"{blocks}\n{spans}".splitlines()]
    return [call.group(1) for call in calls if call and call.group(1)]


def table_under(page: Path, heading: str) -> list[list[str]]:
    """Return the rows of the first table under a heading, without its own heading."""
    part = text_of(page).split(f"\n{heading}\n", 1)[1]
    rows = re.search(r"(?:^\|.*\n)+", part, re.MULTILINE)
    assert rows, f"There is no table under {heading}"
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[0].splitlines()]
    return cells[2:]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file_and_a_heading(page):
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(text_of(page))):
        if re.match(r"(https?|mailto):", target):
            continue
        file, _, anchor = target.partition("#")
        linked = (page.parent / file).resolve() if file else page
        if not linked.exists() or (anchor and anchor not in anchors_of(linked)):
            broken.append(target)

    assert broken == []


def test_the_first_page_of_the_docs_leads_to_all_others():
    linked = set(re.findall(r"\]\((\w[\w-]*\.md)\)", text_of(DOCS / "index.md")))

    assert linked == {page.name for page in DOCS.glob("*.md")} - {"index.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_quoted_command_exists_with_its_options(page):
    wrong = [call for call in commands_in(text_of(page)) if not exists(call)]

    assert wrong == []


def test_the_docs_quote_commands_to_check():
    assert sum(len(commands_in(text_of(page))) for page in PAGES) >= 20


def exists(call: str) -> bool:
    """Say whether a command shows its help, and takes the options it is quoted with."""
    words = shlex.split(call.split("|")[0].split(" > ")[0], comments=True)
    command, path = typer.main.get_command(app), []
    while words and words[0] in (inner := getattr(command, "commands", {})):
        path.append(words.pop(0))
        command = inner[path[-1]]
    if not path or hasattr(command, "commands"):
        return False
    options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    used = {word.split("=")[0] for word in words if word.startswith("--")}
    return CliRunner().invoke(app, [*path, "--help"]).exit_code == 0 and used <= options


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_quoted_make_target_exists(page):
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    blocks = "\n".join(block for _, block in _FENCE.findall(text_of(page)))
    quoted = set(re.findall(r"^(?:\$ )?make ([a-z-]+)", blocks, re.MULTILINE))

    assert quoted <= targets


def test_the_keys_of_annotators_are_those_of_the_screen():
    content = text_of(WORKBENCH / "dialogs.js").split("function preferenceKeys", 1)[1]
    on_screen = re.findall(r'\["([^"]+)", ["`]', content.split("function openSkip", 1)[0])
    rows = table_under(DOCS / "annotators.md", "## Keys")
    described = [keys.replace("`", "") for keys, _ in rows]

    assert sorted(described) == sorted(on_screen)


def test_the_letters_described_are_the_commands_the_screen_listens_to():
    commands = text_of(WORKBENCH / "screen.js").split("function keyCommands", 1)[1]
    listed = commands.split("return {", 1)[1].split("\n  };", 1)[0]
    heard = {first or second for first, second in re.findall(r'^ {4}(?:(\w)|"(.)"):', listed, re.M)}
    rows = table_under(DOCS / "annotators.md", "## Keys")
    described = {key.strip("`").lower() for key, _ in rows if re.fullmatch(r"`[^\d]`", key)}

    # "=" is "+" without Shift; "." and "-" are heard while words are marked, see marking.js.
    assert described - {".", "-"} == heard - {"="}


def test_the_keys_of_a_ranking_are_those_of_its_screen():
    content = text_of(WORKBENCH / "ranking.js").split("RANKING_KEYS = {", 1)[1].split("};", 1)[0]
    on_screen = re.findall(r'\["([^"]+)", "', content)
    rows = table_under(DOCS / "annotators.md", "### Keys of a ranking")
    described = [keys.replace("`", "") for keys, _ in rows]
    commands = text_of(WORKBENCH / "screen.js").split("function rankingCommands", 1)[1]
    heard = set(re.findall(r'^ {4}"?(.)"?: ', commands.split("\n}", 1)[0], re.M)) - {"m"}

    assert sorted(described) == sorted(on_screen)
    # D is heard while marking, see tags.js; Y is that of pairs.
    assert {keys.lower() for keys in described if len(keys) == 1} - {"d", "y"} == heard


def test_the_reasons_to_skip_are_those_of_the_screen():
    rows = table_under(DOCS / "annotators.md", "## Submitting, skipping, going back")

    assert [reason for _, reason in rows] == list(SKIP_REASONS.values())
    assert [key for key, _ in rows] == [f"`{place}`" for place in range(1, len(rows) + 1)]


def test_the_example_file_of_records_is_sound():
    blocks = _FENCE.findall(text_of(DOCS / "records.md"))
    examples = [block for kind, block in blocks if kind == "jsonl"]
    problems = Problems("example")
    reader = RecordReader(io.BytesIO(examples[0].encode()), problems)

    kinds = {record.type for record in reader} | {"header"}
    problems.refuse_if_any()

    assert reader.warnings == []
    assert kinds == set(re.findall(r"^### (\w+)$", text_of(DOCS / "records.md"), re.MULTILINE))


def test_the_intervals_for_planning_are_those_the_reports_would_show():
    rows = table_under(DOCS / "method.md", "## How many cases do I need")
    for cases, *described in rows:
        n = int(cases.replace(",", ""))
        for share, shown in zip((0.5, 0.7), described, strict=True):
            interval = wilson_interval(share, n, quantile=t_quantile(n - 1))
            assert shown == f"{100 * interval.low:.0f}–{100 * interval.high:.0f} %"


def test_the_cases_needed_follow_from_the_normal_formula():
    part = text_of(DOCS / "method.md").split("four studies out of five", 1)[1]
    rates = [int(rate) / 100 for rate in re.findall(r"(\d+) %", part.split("\n|---", 1)[0])]
    needed = [
        int(n) for n in re.findall(r"\b(\d+)\b", part.split("about |", 1)[1].split("\n", 1)[0])
    ]

    # Fleiss, Levin & Paik (2003), section 2: one proportion against 1/2, 5 % two-sided, power 80 %.
    for rate, about in zip(rates, needed, strict=True):
        n = ((1.96 * 0.5 + 0.8416 * math.sqrt(rate * (1 - rate))) / (rate - 0.5)) ** 2
        assert n <= about <= 1.25 * n


def test_the_table_of_strengths_follows_from_the_model():
    for difference, wins, elo in table_under(DOCS / "method.md", "## Bradley–Terry strength"):
        gap = float(difference)
        assert wins == f"{100 / (1 + math.exp(-gap)):.0f} %"
        assert elo == f"{400 / math.log(10) * gap:.0f}"


def test_every_statistics_module_is_explained():
    """Those that only carry or count data, or ask SciPy, have nothing to explain."""
    carriers = {"__init__", "counts", "separation", "jackknife", "distributions"}
    modules = {file.stem for file in (ROOT / "evalkit/stats").glob("*.py")} - carriers
    named = set(re.findall(r"\b(\w+)\.py\b", text_of(DOCS / "method.md")))

    assert modules <= named


def test_the_table_of_tags_is_that_of_the_ready_taxonomy():
    rows = table_under(DOCS / "failures.md", "## The taxonomy")

    assert rows == [[f"`{tag.key}`", tag.definition] for tag in DEFAULT_TAXONOMY]


@pytest.fixture(scope="module")
def demo(demo_template, tmp_path_factory):
    """Give the demo study in a database of its own."""
    file = shutil.copy(demo_template, tmp_path_factory.mktemp("demo"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", f"sqlite:///{file}")
        patch.setenv("COLUMNS", "120")
        yield


SESSIONS = [
    (page.name, block)
    for page in PAGES
    if page.exists()
    for kind, block in _FENCE.findall(text_of(page))
    if kind == "console"
]


@pytest.mark.parametrize(("page", "session"), SESSIONS, ids=lambda value: value[:70])
def test_every_session_shown_is_what_the_demo_prints(demo, page, session):
    """Where it is not: the numbers or the layout have changed, and the page needs them anew.

    A line that is nothing but … stands for some that are left out.
    """
    prompt, shown = session.split("\n", 1)
    call = _CALL.match(prompt)
    assert call, f"{page}: a session begins with $ python -m evalkit"

    printed = CliRunner().invoke(app, shlex.split(call.group(1))).stdout

    parts = "".join(f"{line.rstrip()}\n" for line in shown.splitlines()).split("…\n")
    lines = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    assert re.fullmatch("(?s:.+)".join(map(re.escape, parts)), lines), lines


def test_the_columns_of_both_tables_are_described_in_their_order():
    text = text_of(DOCS / "judge-builders.md")
    for name, columns, extra in (("Long", LONG_COLUMNS, 0), ("Wide", WIDE_COLUMNS, 1)):
        table = re.search(r"(?:^\|.*\n)+", text.split(f"**{name}** is", 1)[1], re.MULTILINE)
        assert table
        rows = table[0].splitlines()[2:]
        named = [re.findall(r"`(\w+)`", row.split("|")[1]) for row in rows]

        assert [column for row in named for column in row] == list(columns)
        assert named.count([]) == extra  # the annotators' own columns
