"""What an assignment asks for: a draft is checked against it, and kept of it what is asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalkit.annotation.draft import NOTHING, Draft, IncompleteError, Ranking, ResponseDraft
from evalkit.annotation.task import TaskCriterion, TaskItem, TaskTag
from evalkit.vocabulary import DECIDED, LETTERS, Certainty, Preference


@dataclass(frozen=True, slots=True)
class Form:
    """What one assignment asks for about the responses on ``sides``."""

    criteria: tuple[TaskCriterion, ...]
    tags: tuple[TaskTag, ...]
    collect: frozenset[str]
    sides: tuple[str, ...]
    checklist: tuple[TaskItem, ...] = ()

    def about(self, side: str) -> str:
        """Say of which response something is, where there are several."""
        return f" for {LETTERS[side]}" if len(self.sides) > 1 else ""


def checked_draft(draft: Draft, form: Form) -> Draft:
    """Check a draft that is to be submitted, and keep of it what the study asks for.

    Raises
    ------
    IncompleteError
        If something required is missing, a value is off its scale, or a criterion, tag or
        severity is not one of the study's.
    """
    missing: dict[str, str] = {}
    if "preference" in form.collect and draft.preference is None:
        missing["preference"] = "the preference"
    elif "strength" in form.collect and draft.preference in DECIDED and draft.strength is None:
        missing["preference"] = "by how much it is better"
    if "preferences" in form.collect:
        _find_unpreferred(draft.preferences, form, missing)
    if "ranking" in form.collect:
        _find_unranked(draft.ranking, form, missing)
    for side in form.sides:
        _find_missing(draft.responses.get(side, NOTHING), side, form, missing)
    if missing:
        words = list(missing.values())
        listed = ", ".join(words[:4]) + (f" and {len(words) - 4} more" if words[4:] else "")
        raise IncompleteError(f"Still to do: {listed}.", fields=tuple(missing))
    return asked_for(draft, form)


def asked_for(draft: Draft, form: Form) -> Draft:
    """Keep of a draft what the study asks for, as it would be stored.

    Who was asked and did not say that they are not sure, is sure.
    """
    return Draft(
        preference=draft.preference if "preference" in form.collect else None,
        strength=draft.strength if "strength" in form.collect else None,
        certainty=draft.certainty or Certainty.SURE if "certainty" in form.collect else None,
        preferences=dict(draft.preferences) if "preferences" in form.collect else {},
        ranking=draft.ranking if "ranking" in form.collect else (),
        responses={
            side: _part_asked_for(draft.responses.get(side, NOTHING), form) for side in form.sides
        },
        comment=draft.comment.strip() if "comment" in form.collect else "",
        offers=draft.offers if "tags" in form.collect else (),
        assertion=draft.assertion.strip() if "assertion" in form.collect else "",
    )


def _find_unpreferred(
    preferences: Mapping[str, Preference], form: Form, missing: dict[str, str]
) -> None:
    """Add to ``missing`` the criteria on which it was not said which response is better."""
    scaled = [criterion for criterion in form.criteria if not criterion.is_text]
    for criterion in scaled:
        if criterion.required and criterion.key not in preferences:
            missing[f"preference.{criterion.key}"] = f"“{criterion.question}” (which is better)"
    for key in preferences.keys() - {criterion.key for criterion in scaled}:
        missing[f"preference.{key}"] = "a criterion this study does not have"


def _find_unranked(ranking: Ranking, form: Form, missing: dict[str, str]) -> None:
    """Add to ``missing`` the ranking where it is not of the responses on the screen."""
    ranked = {side for place in ranking for side in place}
    unranked = [LETTERS[side] for side in form.sides if side not in ranked]
    if unranked:
        missing["ranking"] = f"the place of {', '.join(unranked)}"
    elif ranked - set(form.sides):
        missing["ranking"] = "a ranking of the responses on the screen"


def _find_missing(response: ResponseDraft, side: str, form: Form, missing: dict[str, str]) -> None:
    """Add to ``missing`` what one response lacks, by field, in words."""
    of_side = form.about(side)
    missing.update(_unanswered(response, side, form, of_side))
    if "tags" in form.collect:
        tags = {tag.key: tag for tag in form.tags}
        marked = [(f"{side}.tags.{key}", key, level) for key, level in response.tags.items()]
        for number, mark in enumerate(response.marks):
            marked.append((f"{side}.marks.{number}", mark.tag, mark.severity))
        for field, key, level in marked:
            if key not in tags:
                missing[field] = f"an error tag this study does not have{of_side}"
            elif lack := _lack_of_severity(level, tags[key]):
                missing[field] = f"{lack}{of_side}"


def _lack_of_severity(level: str | None, tag: TaskTag) -> str:
    """Say what is missing or wrong of the severity of an error; nothing where it can be chosen."""
    keys = [severity.key for severity in tag.severities]
    if level in keys or (level is None and not keys):
        return ""
    if level is None:
        return "the severity of an error"
    there = ", ".join(severity.name for severity in tag.severities) or "none"
    return f"the severity of an error, where “{level}” is none of those of “{tag.name}” ({there})"


def _unanswered(
    response: ResponseDraft, side: str, form: Form, of_side: str
) -> Iterator[tuple[str, str]]:
    """Give what the rubric and the checklist of the case lack, by field, in words."""
    if "scores" in form.collect:
        for criterion in form.criteria:
            if lack := _lack(response, criterion, of_side):
                yield f"{side}.{criterion.key}", lack
        known = {criterion.key for criterion in form.criteria if not criterion.is_text}
        written = {criterion.key for criterion in form.criteria if criterion.is_text}
        for key in (response.scores.keys() - known) | (response.texts.keys() - written):
            yield f"{side}.{key}", f"a criterion this study does not have{of_side}"
    questions = {item.key: item.question for item in form.checklist}
    for key, question in questions.items():
        if key not in response.checks:
            yield f"{side}.checks.{key}", f"“{question}”{of_side}"
    for key in response.checks.keys() - questions.keys():
        yield f"{side}.checks.{key}", f"an item that is not on the checklist{of_side}"


def _lack(response: ResponseDraft, criterion: TaskCriterion, of_side: str) -> str:
    """Say what is missing or wrong on one criterion; nothing where it is as it should be."""
    value = response.scores.get(criterion.key)
    is_answered = criterion.key in (_words(response) if criterion.is_text else response.scores)
    if not is_answered:
        return f"“{criterion.question}”{of_side}" if criterion.required else ""
    if value is None or criterion.holds(value):
        return ""
    extent = "" if criterion.range is None else f" from {criterion.range.in_words()}"
    return f"“{criterion.question}”{of_side}, where {value:g} is not on the scale{extent}"


def _part_asked_for(response: ResponseDraft, form: Form) -> ResponseDraft:
    return ResponseDraft(
        scores=dict(response.scores) if "scores" in form.collect else {},
        tags=dict(response.tags) if "tags" in form.collect else {},
        marks=response.marks if "tags" in form.collect else (),
        texts=_words(response) if "scores" in form.collect else {},
        checks=dict(response.checks) if form.checklist else {},
    )


def _words(response: ResponseDraft) -> dict[str, str]:
    """Return the answers in words without blanks around them; blanks alone are none."""
    return {key: words.strip() for key, words in response.texts.items() if words.strip()}
