"""The shape of the code: which way imports go, how long things are, what a page may be."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from pages.shared import menu

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = [ROOT / "evalkit", ROOT / "db", ROOT / "pages"]
FILES = sorted(path for folder in FOLDERS for path in folder.rglob("*.py"))
SOURCES = [ROOT / "app.py", *(path for path in FILES if "migrations" not in path.parts)]
PAGES = [ROOT / "pages" / entry.file for entry in menu.ENTRIES]
SCRIPTS = [ROOT / "pages" / "main.py", *PAGES]

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
LONGEST_PAGE = 80

#: What code in a folder must not import; the longest fitting path counts.
FORBIDDEN = {
    "evalkit": {"streamlit", "starlette", "sqlmodel", "sqlalchemy", "alembic", "db", "pages"},
    "evalkit/__main__.py": {"streamlit", "pages"},
    "evalkit/reports": {
        "streamlit",
        "starlette",
        "sqlmodel",
        "sqlalchemy",
        "alembic",
        "db",
        "pages",
        "jinja2",
        "markupsafe",
        "html",
        "urllib",
        "rich",
        "evalkit.html",
        "evalkit.cli",
    },
    "evalkit/cli": {"streamlit", "starlette", "pages"},
    "db": {"streamlit", "starlette", "pages", "evalkit.cli"},
    "pages": {"sqlmodel", "sqlalchemy", "alembic", "evalkit.cli", "app"},
    "app.py": {"sqlmodel", "sqlalchemy", "alembic", "evalkit.cli"},
}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def sources_in(folder: str) -> list[Path]:
    return [path for path in SOURCES if name(path).startswith(f"{folder}/")]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def walk(module: ast.AST) -> list[ast.AST]:
    return list(ast.walk(module))


def in_each_of(paths: list[Path]) -> Callable[[Callable[[Path], object]], Callable[[], None]]:
    """Make one test of a rule for files. The rule returns what in a file breaks it."""

    def make(rule: Callable[[Path], object]) -> Callable[[], None]:
        def test() -> None:
            assert paths
            breaks = {name(path): rule(path) for path in paths}
            assert {file: what for file, what in breaks.items() if what} == {}

        return test

    return make


@cache
def imports(module: ast.AST) -> list[str]:
    """Return every name a module imports, wherever in it the import stands."""
    names = []
    for node in walk(module):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def forbidden_for(path: Path) -> set[str]:
    fitting = [key for key in FORBIDDEN if f"{name(path)}/".startswith(f"{key}/")]
    return FORBIDDEN[max(fitting, key=len)]


def is_of(imported: str, package: str) -> bool:
    return imported == package or imported.startswith(f"{package}.")


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without its docstring."""
    n_lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        n_lines -= (first.end_lineno or 0) - first.lineno + 1
    return n_lines


@cache
def calls(module: ast.AST) -> list[tuple[str, ast.Call]]:
    """Return every call in a module, after what is called."""
    return [(ast.unparse(node.func), node) for node in walk(module) if isinstance(node, ast.Call)]


def opens_a_session(node: ast.AST) -> bool:
    return isinstance(node, ast.With) and any(
        ast.unparse(item.context_expr).split("(")[0].endswith(("read_session", "write_session"))
        for item in node.items
    )


@in_each_of(SOURCES)
def test_imports_go_one_way_from_app_to_pages_to_db_to_evalkit(path):
    return [
        imported
        for imported in imports(tree(path))
        if any(is_of(imported, package) for package in forbidden_for(path))
    ]


@in_each_of([*sources_in("evalkit/reports"), *sources_in("evalkit/html")])
def test_no_markup_stands_in_a_string_of_a_report_or_of_the_html_file(path):
    # Questions know no medium, and the file is written by templates that escape every text.
    strings = [
        node.value
        for node in walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]

    return [words for words in strings if re.search(r"</?[a-z]|href=|&[a-z]+;", words)]


@in_each_of(SOURCES)
def test_a_file_is_short_and_opens_with_what_it_is_for(path):
    n_lines = len(path.read_text(encoding="utf-8").splitlines())

    return n_lines > LONGEST_FILE or ast.get_docstring(tree(path)) is None


@in_each_of(SOURCES)
def test_functions_are_short(path):
    return {
        node.name: length(node)
        for node in walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and length(node) > LONGEST_FUNCTION
    }


@in_each_of(SCRIPTS)
def test_a_page_is_a_short_script_without_functions_or_classes(path):
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    n_lines = len(path.read_text(encoding="utf-8").splitlines())

    return n_lines > LONGEST_PAGE or [
        node.name for node in walk(tree(path)) if isinstance(node, definitions)
    ]


@in_each_of(SCRIPTS)
def test_pages_do_not_import_one_another(path):
    ours = [imported for imported in imports(tree(path)) if is_of(imported, "pages")]

    return [imported for imported in ours if not is_of(imported, "pages.shared")]


@pytest.mark.parametrize("entry", menu.ENTRIES, ids=lambda entry: entry.file)
def test_a_page_asks_for_its_role_before_it_does_anything(entry):
    module = tree(ROOT / "pages" / entry.file)
    first = next(
        node
        for node in module.body[1:]  # after the docstring
        if not isinstance(node, ast.Import | ast.ImportFrom)
    )

    assert ast.unparse(first).split(" = ")[-1] == f"state.require(Role.{entry.role.name})"


def test_the_router_asks_who_it_is_before_it_builds_the_menu():
    called = [what for what, _ in calls(ast.Module(tree(SCRIPTS[0]).body, []))]

    assert called.index("state.require") < called.index("st.navigation")


@in_each_of(sources_in("pages"))
def test_no_page_writes_html_or_model_text_through_streamlit_markdown(path):
    return [
        call.lineno
        for what, call in calls(tree(path))
        if what == "st.write" or "unsafe_allow_html" in {word.arg for word in call.keywords}
    ]


@in_each_of(sources_in("pages"))
def test_no_page_draws_while_it_holds_the_database(path):
    # st.rerun() and st.stop() are exceptions: inside the block they would undo what was written.
    return [
        what
        for block in walk(tree(path))
        if opens_a_session(block)
        for what, _ in calls(block)
        if what.startswith("st.")
    ]


@in_each_of(sources_in("pages"))
def test_no_page_hands_out_files_without_asking_who_it_is_at_that_moment(path):
    # Streamlit's own button does: the socket of an open page, or an address of /media, is enough.
    called = [what for what, _ in calls(tree(path))]

    return [what for what in called if what.endswith(".download_button")]


def test_every_table_is_shown_where_its_download_is():
    # The toolbar's own download, which is hidden, guards no formula.
    showing = {
        name(path)
        for path in SOURCES
        if any(
            what.endswith(".dataframe") or what.endswith(".to_csv") for what, _ in calls(tree(path))
        )
    }

    assert showing == {"pages/shared/display/exhibits.py"}


@in_each_of(sources_in("pages"))
def test_no_code_is_coloured_by_streamlit(path):
    # Its colours of keys and texts stand out from their ground by less than 3:1 in the light theme.
    shown = [call for call in walk(tree(path)) if isinstance(call, ast.Call)]
    languages = [
        [ast.unparse(word.value) for word in call.keywords if word.arg == "language"]
        for call in shown
        if isinstance(call.func, ast.Attribute) and call.func.attr == "code"
    ]

    return [language for language in languages if language != ["None"]]


def test_charts_are_made_without_streamlit():
    charts = ROOT / "pages" / "shared" / "display" / "charts"
    files = [charts.with_suffix(".py")] if charts.with_suffix(".py").exists() else []
    files += sorted(charts.rglob("*.py"))

    assert files
    assert not [path for path in files if "streamlit" in set(imports(tree(path)))]


def test_only_the_command_line_imports_the_command_line():
    outside = [path for path in SOURCES if not name(path).startswith("evalkit/cli")]
    importers = {
        name(path)
        for path in outside
        if any(is_of(found, "evalkit.cli") for found in imports(tree(path)))
    }

    assert importers == {"evalkit/__main__.py"}


def test_nothing_names_a_package_registry_or_a_folder_of_one_machine():
    kinds = (".in", ".txt", "-dev.in", "-dev.txt", "-oracles.txt")
    pinned = [ROOT / f"requirements{kind}" for kind in kinds]
    pinned += [ROOT / "package.json", ROOT / "package-lock.json"]
    suspicious = ("://", "/opt/", "/home/", "--hash", "--index-url", '"resolved"')

    assert [
        (path.name, line)
        for path in pinned
        for line in path.read_text(encoding="utf-8").splitlines()
        if any(word in line for word in suspicious)
    ] == []


#: What a key may be made of beside its own words: row numbers, counts, other keys, digests,
#: what an address calls a choice.
KEY_PARTS = re.compile(
    r"key|number|place|says|n_\w+|turn|by_annotator|with_judges|is_\w+|held|x_title|shape"
    r"|.*(\.|_|^)id|.*_ids(\[0\])?|len\(.*\)|labels\.digest\(.*\)|part\.index\[0\]|chosen\.judges|outcome"
    r"|st\.session_state\.get\(turn, 0\)|keys\[0\]|'-'\.join\(names\)"
)


def keys_of(module: ast.AST) -> Iterator[ast.JoinedStr]:
    """Give every f-string that becomes the key of a widget or a container."""
    for node in walk(module):
        if isinstance(node, ast.keyword) and node.arg == "key":
            value: ast.AST = node.value
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "key":
            value = node.value
        else:
            continue
        if isinstance(value, ast.JoinedStr):
            yield value


@in_each_of(sources_in("pages"))
def test_no_key_holds_what_people_wrote(path):
    # A key is an id and a class name in the browser; "__" in it ends the page.
    parts = [
        ast.unparse(part.value)
        for key in keys_of(tree(path))
        for part in key.values
        if isinstance(part, ast.FormattedValue)
    ]

    return [part for part in parts if not KEY_PARTS.fullmatch(part)]


@in_each_of(sources_in("evalkit/reports"))
def test_a_question_knows_no_medium(path):
    media = ("evalkit.html", "evalkit.cli", "evalkit.rendering")

    return [found for found in imports(tree(path)) if found.startswith(media)]


#: Puts the sayings of other questions together, as the HTML file does.
TOGETHER = "decision"


@in_each_of(sources_in("evalkit/reports"))
def test_a_question_takes_no_sentence_and_no_table_from_another(path):
    # What two questions say would be said by the one and changed by the other.
    room = name(path).split("/")[2]
    others = [
        imported
        for imported in imports(tree(path))
        if re.match(rf"evalkit\.reports\.(?!{room}\.)\w+\.\w*(sentences|tables)\b", imported)
    ]

    return others if room != TOGETHER else []


@pytest.mark.parametrize("question", ["agreement", "power", "regression"])
def test_a_question_is_known_to_its_page_its_command_and_the_file_alone(question):
    """So is one that is added: a folder, a script with its line in the menu, a command."""
    page = {"power": "decision"}.get(question, question)
    own = {
        f"pages/results/{page}.py",
        f"pages/shared/sections/{page}.py",
        f"evalkit/cli/report/{question}.py",
        f"db/queries/results/{question}.py",  # what is read for it alone
        "evalkit/html/document.py",
    }
    who_knows = {
        name(path)
        for path in SOURCES
        if not name(path).startswith("evalkit/reports/")  # questions may build on one another
        for imported in imports(tree(path))
        if is_of(imported, f"evalkit.reports.{question}")
    }

    assert {f"pages/shared/sections/{page}.py", f"evalkit/cli/report/{question}.py"} <= who_knows
    assert who_knows <= own
    assert f"results/{page}.py" in {entry.file for entry in menu.ENTRIES}


@in_each_of(sources_in("evalkit/stats"))
def test_statistics_say_no_sentences_and_know_no_study(path):
    sayers = ("evalkit.reports", "evalkit.study", "evalkit.text", "evalkit.phrases")

    return [found for found in imports(tree(path)) if found.startswith(sayers)]


SENTENCES = [path for path in SOURCES if path.stem.endswith("sentences") or path.stem == "phrases"]
#: What takes a text apart.
PARSING = ("re.", ".search", ".fullmatch", ".partition", ".rpartition", ".split", ".startswith")


@in_each_of(SENTENCES)
def test_no_sentence_is_taken_apart_where_sentences_are_made(path):
    # A reading, a rank, a reason is a value until it is worded; words are the end of its way.
    return [
        what for what, _ in calls(tree(path)) if what.startswith("re.") or what.endswith(PARSING)
    ]


@in_each_of([*sources_in("evalkit/reports"), *sources_in("evalkit/cli/report")])
def test_no_report_reads_prose_by_a_regular_expression(path):
    return [found for found in imports(tree(path)) if is_of(found, "re")]


#: The row of a table is called like what it is a row of: evalkit's value of that name is what is
#: known of it outside the database, which evalkit cannot import, so the two never meet under it.
ROWS_AND_VALUES = {"Criterion", "Tag"}


#: Who sorts by a number, and what: nobody else says in which order models stand.
SORTED_BY_NUMBERS = {
    "evalkit/reports/agreement/sentences.py": "judges by how they agree with people",
    "evalkit/reports/agreement/word_tables.py": "pairs of annotators, most agreed first",
    "evalkit/reports/decision/report.py": "models by the quality a lead asked for",
    "evalkit/reports/errors/map_tables.py": "errors by how often they were found",
    "evalkit/reports/failures/report.py": "failures by what they cost",
    "evalkit/reports/failures/tables.py": "changes of tags, the surest first",
    "evalkit/reports/model_order.py": "models wherever no other order was asked for",
    "evalkit/reports/pair/analyses.py": "two models, the stronger first",
    "evalkit/reports/pair/tables.py": "errors by how far two models differ in them",
    "evalkit/reports/ranking/sentences.py": "scores, for the best and the worst of them",
    "evalkit/reports/ranking/style.py": "parts of style, and ranks with style held equal",
    "evalkit/reports/ranking/tables.py": "ranks with style held equal, or as they are",
}


def test_in_which_order_models_stand_is_said_once():
    by_number = re.compile(r"strength|rank|quality|estimate|\.value\b|_value")
    sorting = {
        name(path)
        for path in SOURCES
        if name(path).startswith(("evalkit/reports", "evalkit/html", "evalkit/cli", "pages"))
        for node in walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("sorted", ".sort"))
        and by_number.search(ast.unparse(node))
    }

    assert sorting == set(SORTED_BY_NUMBERS)


def test_a_class_name_stands_for_one_thing():
    defined: dict[str, set[str]] = {}
    for path in FILES:
        if "migrations" in path.parts:
            continue
        for node in walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                defined.setdefault(node.name, set()).add(name(path))
    twice = {noun: files for noun, files in defined.items() if len(files) > 1}

    assert {noun for noun in twice if noun not in ROWS_AND_VALUES} == set()
    assert all(any(file.startswith("db/models") for file in twice[noun]) for noun in twice)


@in_each_of(sources_in("pages/shared/sections"))
def test_a_part_of_a_page_reads_no_database(path):
    # What a page shows is read before it draws, or by pages/shared/collecting.py.
    return [found for found in imports(tree(path)) if is_of(found, "db.engine")]


#: Words that say nothing of what a row, a model, a case or a pair is.
EMPTY_WORDS = {"one", "found", "said", "given", "kept", "shown"}

#: Where one of them is the noun: a class of that name, or the opposite of what was expected.
NOUNS = {
    "pages": {"kept"},  # ``Kept``: what is kept of a study between runs
    "evalkit/annotation/assignment": {"shown"},  # ``Shown``: what an annotator has seen
    "db/queries/annotation/work.py": {"shown"},
    "db/commands/units.py": {"shown"},
    "evalkit/records": {"found"},  # what stands in a file, beside ``expected``
}

WORDED = [*SOURCES, *sorted((ROOT / "scripts").rglob("*.py"))]


def bound(module: ast.AST) -> set[str]:
    """Give the names of all variables and parameters."""
    fields = {
        id(field.target)
        for node in walk(module)
        if isinstance(node, ast.ClassDef)
        for field in node.body
        if isinstance(field, ast.AnnAssign)
    }
    nodes = [node for node in ast.walk(module) if id(node) not in fields]
    variables = {
        node.id
        for node in nodes
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    return variables | {node.arg for node in nodes if isinstance(node, ast.arg)}


@in_each_of(WORDED)
def test_a_variable_is_called_by_the_noun_of_what_it_holds(path):
    nouns = {
        word
        for place, words in NOUNS.items()
        if f"{name(path)}/".startswith(f"{place}/")
        for word in words
    }

    return bound(tree(path)) & EMPTY_WORDS - nouns
