"""Names and places, found by Presidio with a spaCy model, where a team has installed both.

Nothing of it is imported before somebody redacts, and nothing is loaded from elsewhere: Presidio's
own default would fetch a model, and its finders of addresses a list of domains.
"""

import importlib
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from evalkit.errors import RefusedError
from evalkit.redaction.finders.table import Finder
from evalkit.redaction.kinds import FindingKind, FoundSpan

#: What Presidio calls what is taken from it: all else our own finders know.
_ENTITIES = {"PERSON": FindingKind.NAME, "LOCATION": FindingKind.PLACE}
#: Below this Presidio is guessing; spaCy's names have 0.85.
_SURE = 0.5

_HOW = (
    "pip install -r requirements-pii.txt, and a model of spaCy, such as: python -m spacy download "
    "en_core_web_sm"
)


def is_installed() -> bool:
    """Tell whether Presidio and a model are there, without importing either."""
    return find_spec("presidio_analyzer") is not None and bool(_models())


def name_finder() -> Finder:
    """Return what finds names and places.

    Raises
    ------
    RefusedError
        If Presidio or a model of spaCy is not installed.
    """
    models = _models()
    if find_spec("presidio_analyzer") is None or not models:
        raise RefusedError(f"Names are found by Presidio, which is not installed: {_HOW}.")
    engine, language = _engine(models)

    def find_names(text: str) -> Iterator[FoundSpan]:
        results = engine.analyze(
            text=text, language=language, entities=list(_ENTITIES), score_threshold=_SURE
        )
        for result in sorted(results, key=lambda result: (result.start, -result.end)):
            value = text[result.start : result.end]
            kind = _ENTITIES.get(result.entity_type)
            if kind is not None and any(sign.isalpha() for sign in value):
                yield FoundSpan(result.start, result.end, kind, " ".join(value.split()).casefold())

    return find_names


def _models() -> list[str]:
    """Return the models of spaCy that are installed."""
    from importlib.metadata import entry_points

    return sorted(entry.name for entry in entry_points(group="spacy_models"))


def _engine(models: list[str]) -> tuple[Any, str]:
    """Return an engine with the one recogniser that needs nothing but the model."""
    analyzer = importlib.import_module("presidio_analyzer")
    provider = importlib.import_module("presidio_analyzer.nlp_engine").NlpEngineProvider
    recognizers = importlib.import_module("presidio_analyzer.predefined_recognizers")
    name = next((model for model in models if model.startswith("en_")), models[0])
    language = name.partition("_")[0]
    settings = {
        "nlp_engine_name": "spacy",
        "models": [{"lang_code": language, "model_name": name}],
    }
    registry = analyzer.RecognizerRegistry(supported_languages=[language])
    registry.add_recognizer(recognizers.SpacyRecognizer(supported_language=language))
    engine = analyzer.AnalyzerEngine(
        registry=registry,
        nlp_engine=provider(nlp_configuration=settings).create_engine(),
        supported_languages=[language],
    )
    return engine, language
