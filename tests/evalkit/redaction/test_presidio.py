"""Names and places by Presidio, of which a stand-in of the same shape is installed here."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from evalkit.errors import RefusedError
from evalkit.redaction import presidio
from evalkit.redaction.redaction import Redaction, RedactionRules


class Engine:
    """Finds two words, as presidio_analyzer.AnalyzerEngine returns what it finds."""

    def __init__(self, *, registry, nlp_engine, supported_languages):
        assert registry.recognizers == ["spacy en"]
        assert nlp_engine == {"lang_code": "en", "model_name": "en_core_web_sm"}
        assert supported_languages == ["en"]

    def analyze(self, *, text, language, entities, score_threshold):
        assert (language, entities) == ("en", ["PERSON", "LOCATION"])
        kinds = {"Ada Lovelace": "PERSON", "London": "LOCATION", "Monday": "DATE_TIME"}
        return [
            SimpleNamespace(start=at, end=at + len(word), entity_type=kind, score=0.85)
            for word, kind in kinds.items()
            if (at := text.find(word)) >= 0
        ]


class Registry:
    def __init__(self, *, supported_languages):
        self.recognizers = []

    def add_recognizer(self, recognizer):
        self.recognizers.append(recognizer)


@pytest.fixture
def installed(monkeypatch):
    """Put modules into place that have what the adapter uses."""
    modules = {
        "presidio_analyzer": {"AnalyzerEngine": Engine, "RecognizerRegistry": Registry},
        "presidio_analyzer.nlp_engine": {
            "NlpEngineProvider": lambda nlp_configuration: SimpleNamespace(
                create_engine=lambda: nlp_configuration["models"][0]
            )
        },
        "presidio_analyzer.predefined_recognizers": {
            "SpacyRecognizer": lambda supported_language: f"spacy {supported_language}"
        },
    }
    for name, contents in modules.items():
        module = ModuleType(name)
        module.__spec__ = SimpleNamespace()
        vars(module).update(contents)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(presidio, "_models", lambda: ["de_core_news_sm", "en_core_web_sm"])


@pytest.mark.usefixtures("installed")
def test_names_and_places_become_placeholders_beside_all_else():
    assert presidio.is_installed()
    redaction = Redaction(RedactionRules(more=(presidio.name_finder(),)))

    text = "On Monday Ada Lovelace of London wrote from ada@example.org."
    once = redaction.text(text)

    assert once == "On Monday [NAME_1] of [PLACE_1] wrote from [EMAIL_1]."
    assert redaction.text(once) == once


def test_without_it_who_asks_for_names_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(presidio, "_models", list)

    assert not presidio.is_installed()
    with pytest.raises(RefusedError, match=r"requirements-pii\.txt"):
        presidio.name_finder()
