"""What cases differ in beside their category, and the responses of a kind of case."""

from db.commands.records import import_records
from db.engine import read_session
from db.queries.results import collect, result_study, tagged_responses
from db.queries.results.facets import facets_of_cases
from db.queries.results.studies import ResultFilters
from evalkit.reports.errors.failure_map import failure_map
from evalkit.study.facets import Facet
from tests.db.record_files import HEADER, TAG, case, mark, output

GERMAN = "Wie kann ich das Konto von meiner Mutter kündigen, und was ist mit dem Geld auf ihm?"
ENGLISH = "How can I close the account of my mother, and what is to become of the money in it? " * 4


def test_cases_are_told_apart_by_language_length_source_and_version(database):
    import_records(
        [
            {**HEADER, "study": "Trial"},
            TAG,
            case("c1", GERMAN, source="production"),
            case("c2", ENGLISH),
            *(output(key) for key in ("c1", "c2")),
            mark(severity="major"),
            mark(case="c2", tag=None),
        ],
        source_name="trial",
    )
    with read_session() as session:
        study = result_study(session, name="Trial")
        facets = facets_of_cases(session, study)
        of = failure_map(collect(session, study), facets, by=Facet.LANGUAGE)
        german = frozenset(facets.case[facets.codes[Facet.LANGUAGE] == 0].tolist())
        responses = [
            tagged_responses(
                session,
                study,
                filters=ResultFilters(),
                tag_id=study.tags[0].tag_id,
                cases=cases,
            )
            for cases in (None, german, frozenset(facets.case.tolist()) - german)
        ]

    assert facets.values == {
        Facet.LANGUAGE: ("de", "en"),
        Facet.LENGTH: ("short", "medium"),
        Facet.SOURCE: ("not said", "production"),
        Facet.VERSION: ("version 1",),
    }
    assert of.cells["tone", None, "de"].n_hits == 1
    assert of.cells["tone", "A", "en"].n_hits == 0
    # The one major error of the one response that was looked at weighs 5.
    assert of.cells["tone", "A", "de"].weight.value == 5
    assert [len(each) for each in responses] == [1, 1, 0]
