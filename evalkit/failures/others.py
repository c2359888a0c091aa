"""Taxonomies of others, ready to be taken over: small files of records, in our own words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evalkit.errors import NotFoundError
from evalkit.failures.taxonomy import TagDefinition
from evalkit.phrases import quoted
from evalkit.severity import DEFAULT_SEVERITIES, Severity, read_severities

_FOLDER = Path(__file__).with_name("ready")


@dataclass(frozen=True, slots=True)
class OthersTaxonomy:
    """A taxonomy that others made: what it is for, and where it comes from."""

    name: str
    about: str
    source: str
    tags: tuple[TagDefinition, ...]
    severities: tuple[Severity, ...]


#: What each is for and whose it is; keys and structure are theirs, the words are ours.
_ABOUT = {
    "mqm.jsonl": (
        "Errors of translations by dimension, with the severities and weights of MQM.",
        "Multidimensional Quality Metrics, MQM-Core: https://themqm.org",
    ),
    "mast.jsonl": (
        "Failures of several agents that work together.",
        "Cemri et al. (2025), Why do multi-agent LLM systems fail? arXiv:2503.13657",
    ),
}


def others_taxonomies() -> tuple[OthersTaxonomy, ...]:
    """Return the taxonomies of others that come along."""
    return tuple(_read(file, *about) for file, about in _ABOUT.items())


def others_taxonomy(name: str) -> OthersTaxonomy:
    """Return one of them by its name, in whatever capitals; NotFoundError names those there are."""
    for taxonomy in others_taxonomies():
        if taxonomy.name.casefold() == name.strip().casefold():
            return taxonomy
    known = quoted([taxonomy.name for taxonomy in others_taxonomies()])
    raise NotFoundError(f"No taxonomy named “{name}” comes along. There are: {known}.")


def _read(file: str, about: str, source: str) -> OthersTaxonomy:
    lines = (_FOLDER / file).read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    whole = [record for record in records if record["type"] == "taxonomy"]
    severities: Sequence[Severity] = DEFAULT_SEVERITIES
    if whole:
        severities = read_severities(whole[0]["severities"])
    tags = tuple(
        TagDefinition(
            record["key"], record["name"], record["definition"], tuple(record["severities"])
        )
        for record in records
        if record["type"] == "tag"
    )
    return OthersTaxonomy(records[0]["taxonomy"], about, source, tags, tuple(severities))
