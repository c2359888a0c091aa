"""Every page there is: where its file is, what it is called and who may open it."""

from dataclasses import dataclass

from evalkit.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: its file in ``pages/``, its address, and the least role that may open it."""

    file: str
    address: str
    title: str
    section: str
    role: Role
    in_menu: bool = True


HOME = Entry("home.py", "home", "Home", "", Role.ANNOTATOR, in_menu=False)

ENTRIES = (
    HOME,
    Entry("annotate/studies.py", "annotate", "Annotate", "", Role.ANNOTATOR),
    Entry("annotate/own.py", "own", "My annotations", "", Role.ANNOTATOR, in_menu=False),
    Entry("annotate/compare.py", "compare", "Compare", "", Role.ANNOTATOR, in_menu=False),
    Entry("results/overview.py", "overview", "Overview", "Results", Role.LEAD),
    Entry("results/decision.py", "decision", "Decision", "Results", Role.LEAD),
    Entry("results/agreement.py", "agreement", "Agreement", "Results", Role.LEAD),
    Entry("results/annotators.py", "annotators", "Annotators", "Results", Role.LEAD),
    Entry("results/failures.py", "failures", "Failures", "Results", Role.LEAD),
    Entry("results/failure_board.py", "failure-board", "Failure board", "Results", Role.LEAD),
    Entry("results/clusters.py", "clusters", "Clusters", "Results", Role.LEAD),
    Entry("results/compare.py", "compare-models", "Two models", "Results", Role.LEAD),
    Entry("results/regression.py", "regression", "Regression", "Results", Role.LEAD),
    Entry("results/leaderboards.py", "leaderboards", "Leaderboards", "Results", Role.LEAD),
    Entry("results/judges.py", "judges", "Judges", "Judges", Role.LEAD),
    Entry("results/differences.py", "differences", "Differences", "Judges", Role.LEAD),
    Entry("results/acceptance.py", "acceptance", "Acceptance", "Judges", Role.LEAD),
    Entry("results/correction.py", "correction", "Corrected numbers", "Judges", Role.LEAD),
    Entry("library/import_records.py", "import", "Import records", "Library", Role.LEAD),
    Entry("library/run_models.py", "run", "Run models", "Library", Role.LEAD),
    Entry("library/judge.py", "judge", "Judge", "Library", Role.LEAD),
    Entry("library/eval_sets.py", "eval-sets", "Eval sets", "Library", Role.LEAD),
    Entry("library/checks.py", "checks", "Checks", "Library", Role.LEAD),
    Entry("library/sampling.py", "choose-cases", "Choose cases", "Library", Role.LEAD),
    Entry("library/new_log.py", "new-log", "New log", "Library", Role.LEAD),
    Entry("library/studies.py", "studies", "Studies", "Library", Role.LEAD),
    Entry("library/open_coding.py", "open-coding", "Open coding", "Library", Role.LEAD),
    Entry("library/rubrics.py", "rubrics", "Rubrics", "Library", Role.LEAD),
    Entry("library/taxonomies.py", "taxonomies", "Taxonomies", "Library", Role.LEAD),
    Entry("library/questions.py", "questions", "Questions", "Library", Role.LEAD),
    Entry("library/export.py", "export", "Export annotations", "Library", Role.LEAD),
    Entry("admin/people.py", "people", "People", "Admin", Role.ADMIN),
)

#: The groups of the menu that show what a study has collected.
RESULTS = ("Results", "Judges")

#: The address of the page that has the whole screen to itself.
FULL_SCREEN = "compare"

#: What the address says to somebody who was sent on from a page that is not for them.
CLOSED = "closed"

#: Where people start: the first of these that is among their pages.
STARTS = ("results/decision.py", "annotate/studies.py", "library/studies.py")


def pages_of(role: Role) -> tuple[Entry, ...]:
    """Return the pages a role may open, in the order of the menu."""
    order = list(Role)
    return tuple(entry for entry in ENTRIES if order.index(role) >= order.index(entry.role))


def start_of(role: Role) -> str | None:
    """Return the file of the page a role starts on."""
    files = {entry.file for entry in pages_of(role)}
    return next((file for file in STARTS if file in files), None)
