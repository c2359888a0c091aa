"""What was found of responses, once per look: acceptable or not, tagged or not."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BOTH_BAD, BoolArray, IntArray, Scores
from evalkit.study.collected import Collected, Marks, scores_at, voices
from evalkit.vocabulary import AnnotatorKind


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """One entry per annotator and response, however often the one judged the other.

    ``output`` indexes the outputs, ``annotator`` is a voice (see ``collected.voices``); ``hit`` is
    what was looked for.
    """

    output: IntArray
    annotator: IntArray
    hit: BoolArray


def acceptable(collected: Collected) -> Looks:
    """Return whether a response was acceptable, once per annotator and response.

    It was not where the annotator found both responses bad in any comparison with it, or tagged
    it unsafe. Counted are responses an annotator compared or, where the taxonomy has a tag for
    what is unsafe, looked at for errors; scores alone say nothing here. Where acceptability was
    not asked for, nothing counts: every response would be acceptable by construction.
    """
    preferences, marks = collected.preferences, collected.marks
    if not collected.asks_acceptable:
        nothing = np.zeros(0, dtype=np.int64)
        return Looks(nothing, nothing, np.zeros(0, dtype=np.bool_))
    if not collected.unsafe:
        marks = Marks(marks.output[:0], marks.annotator[:0], marks.tag[:0], marks.look[:0])
    bad = preferences.preference == BOTH_BAD
    unsafe = np.isin(marks.tag, np.array(collected.unsafe, dtype=np.int64))
    output = np.concatenate([preferences.left, preferences.right, marks.output])
    compared = voices(collected, preferences.annotator, preferences.latest)
    voice = np.concatenate([compared, compared, voices(collected, marks.annotator, marks.look)])
    first, place = first_looks(output, voice)
    refused = np.bincount(place, weights=np.concatenate([bad, bad, unsafe]), minlength=len(first))
    return Looks(output[first], voice[first], refused == 0)


def of_people(collected: Collected, voice: IntArray) -> BoolArray:
    """Return which voices are people's; who is not named is one, for judges always are."""
    is_judge = np.array([who.kind == AnnotatorKind.JUDGE for who in collected.annotators], bool)
    is_named = voice < len(is_judge)
    people: BoolArray = ~np.append(is_judge, False)[np.where(is_named, voice, len(is_judge))]
    return people


def tagged(collected: Collected) -> tuple[Looks, ...]:
    """Return for each tag whether a response was given it, once per look.

    Looking for errors leaves a mark also where none was found.
    """
    marks = collected.marks
    first, place = first_looks(marks.output, marks.look)
    output, annotator = marks.output[first], marks.annotator[first]
    return tuple(
        Looks(output, annotator, np.bincount(place[marks.tag == tag], minlength=len(first)) > 0)
        for tag in range(len(collected.tags))
    )


def scores_of_looks(collected: Collected, looks: Looks) -> Scores:
    """Return looks as 0/1 facts for :func:`evalkit.stats.scores.shares`."""
    hit, n = looks.hit.astype(np.float64), np.ones_like(looks.output)
    return scores_at(collected, looks.output, hit, n)


def first_looks(output: IntArray, annotator: IntArray) -> tuple[IntArray, IntArray]:
    """Return the first entry of each output and annotator (or look), and every entry's."""
    pair = output.astype(np.int64) * (int(annotator.max(initial=0)) + 1) + annotator
    _, first, place = np.unique(pair, return_index=True, return_inverse=True)
    return first, place.reshape(-1)
