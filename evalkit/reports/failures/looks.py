"""Every look for errors at the responses of an eval set, over all its studies, as integers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from evalkit.failures.life import Failure
from evalkit.stats.counts import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """One run of an eval set, judged or not.

    ``made`` is when its newest response was made, None where any does not say; ``stored`` is when
    the run was. Both have a zone.
    """

    run_id: int
    model: str
    run: str
    stored: datetime
    made: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SetLooks:
    """One entry per look: somebody read a response for errors, in whatever study.

    Attributes
    ----------
    hashes, keys : tuple of str
        The contents of cases, and what a case of each is called.
    categories : tuple of str
        Sorted; ``""`` is that of cases without one.
    runs : tuple of JudgedRun
    tags : tuple of (str, str, str)
        Taxonomy, key and name; the same key of another revision of a taxonomy is the same tag,
        unless it was split between the two.
    asked : BoolArray of shape (n_studies, n_tags)
        Which tags could be marked in which study.
    study, annotation, case, category, run : IntArray of shape (n_looks,)
        Its place in ``asked``; the row number of the annotation; indices into ``hashes``,
        ``categories`` and ``runs``.
    mark_look, mark_tag : IntArray of shape (n_marks,)
        Which look, and which of ``tags``.
    mark_weight : FloatArray of shape (n_marks,)
        What the error weighs, by the taxonomy of its study.
    split_in : tuple of (int or None)
        The version in which each tag was split; empty where none was.
    """

    hashes: tuple[str, ...]
    keys: tuple[str, ...]
    categories: tuple[str, ...]
    runs: tuple[JudgedRun, ...]
    tags: tuple[tuple[str, str, str], ...]
    asked: BoolArray
    study: IntArray
    annotation: IntArray
    case: IntArray
    category: IntArray
    run: IntArray
    mark_look: IntArray
    mark_tag: IntArray
    mark_weight: FloatArray
    split_in: tuple[int | None, ...] = ()

    def penalties(self, is_wanted: BoolArray) -> FloatArray:
        """Return what the marks of some tags weigh together, of shape (n_looks,); else 0."""
        wanted = is_wanted[self.mark_tag]
        return np.bincount(
            self.mark_look[wanted], self.mark_weight[wanted], minlength=len(self.case)
        ).astype(np.float64)

    def hits(self, is_wanted: BoolArray) -> BoolArray:
        """Return which looks marked any of some tags, of shape (n_looks,)."""
        marked = self.mark_look[is_wanted[self.mark_tag]]
        hit: BoolArray = np.bincount(marked, minlength=len(self.case)) > 0
        return hit

    def asks(self, is_wanted: BoolArray) -> BoolArray:
        """Return which looks could have marked any of some tags, of shape (n_looks,).

        A look of a study that does not ask for a tag does not say that the tag is not there.
        """
        studies = np.asarray(self.asked[:, is_wanted].any(axis=1), dtype=np.bool_)
        return studies[self.study]

    def tags_of(self, failure: Failure) -> BoolArray:
        """Return which tags are those of a failure, of shape (n_tags,)."""
        return np.array(
            [
                failure.is_of(taxonomy, key, self.split_of(place))
                for place, (taxonomy, key, _) in enumerate(self.tags)
            ],
            bool,
        )

    def split_of(self, tag: int) -> int | None:
        """Return the version in which a tag was split; None while it stands."""
        return self.split_in[tag] if self.split_in else None

    def in_scope(self, failure: Failure) -> BoolArray:
        """Return which looks asked for a failure, at responses in which it is looked for."""
        keep = self.asks(self.tags_of(failure))
        if failure.model is not None:
            of_model = np.array([run.model == failure.model for run in self.runs], bool)
            keep &= of_model[self.run]
        if failure.category is not None:
            of_category = np.array([name == failure.category for name in self.categories], bool)
            keep &= of_category[self.category]
        return keep


@dataclass(frozen=True, slots=True)
class SinceFixed:
    """What is known of regression cases beside looks.

    Attributes
    ----------
    submitted : mapping of int to datetime
        When annotations on these cases were made, by their row numbers.
    answered : collection of (str, int)
        Which content was answered in which run, by its row number.
    """

    submitted: Mapping[int, datetime] = field(default_factory=dict)
    answered: Collection[tuple[str, int]] = frozenset()


#: Where no failure is fixed.
NOTHING_FIXED = SinceFixed()
