"""Taxonomies of others as they come along: whole, and as their publications have them."""

import json

import pytest
from typer.testing import CliRunner

from db.engine import read_session
from db.queries.definitions import newest_taxonomy
from evalkit.annotation.definitions import check_taxonomy
from evalkit.cli import app, main
from evalkit.errors import NotFoundError
from evalkit.failures.others import others_taxonomies, others_taxonomy


@pytest.mark.parametrize("taxonomy", others_taxonomies(), ids=lambda each: each.name)
def test_each_can_be_stored_as_it_is_and_every_tag_says_what_it_means(taxonomy):
    check_taxonomy(taxonomy.name, taxonomy.tags, taxonomy.severities)
    assert all(tag.definition.endswith(".") for tag in taxonomy.tags)
    keys = {tag.key for tag in taxonomy.tags}
    assert {key.rpartition("/")[0] for key in keys if "/" in key} <= keys


def test_mqm_weighs_its_severities_as_its_authors_do():
    # MQM 2.0 scoring: severity multipliers 0, 1, 5, 25 (themqm.org).
    severities = others_taxonomy("mqm CORE").severities

    assert {each.key: each.weight for each in severities} == {
        "neutral": 0,
        "minor": 1,
        "major": 5,
        "critical": 25,
    }


def test_mast_has_fourteen_kinds_in_three_groups():
    # Cemri et al. 2025, table of failure modes: 5, 6 and 3.
    keys = [tag.key for tag in others_taxonomy("MAST").tags]
    groups = [key for key in keys if "/" not in key]

    assert [sum(key.startswith(f"{group}/") for key in keys) for group in groups] == [5, 6, 3]


def test_one_that_does_not_come_along_is_refused_with_those_that_do():
    with pytest.raises(NotFoundError, match="MQM core"):
        others_taxonomy("Nothing")


def test_the_command_lists_and_stores_them_once(sqlite_database, capsys):
    listed = CliRunner().invoke(app, ["taxonomy", "ready", "--json"])
    assert [row["name"] for row in json.loads(listed.stdout)["taxonomies"]] == ["MQM core", "MAST"]

    assert main(["taxonomy", "add", "mast"]) == 0
    assert "Stored “MAST”, 17 tags." in capsys.readouterr().out
    assert main(["taxonomy", "add", "MAST"]) != 0
    assert "already a taxonomy named “MAST”" in capsys.readouterr().err
    with read_session() as session:
        assert newest_taxonomy(session, "MAST").parts == others_taxonomy("MAST").tags
