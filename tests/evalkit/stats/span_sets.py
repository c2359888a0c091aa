"""Agreement on marked words worked out from sets of characters: slow, and nothing like the code."""

from itertools import combinations, permutations

import numpy as np

from evalkit.stats.agreement.spans import Spans


def spans(marks, looks, annotators=("Ada", "Bo", "Cy")):
    """Make columns of marks (unit, annotator, part, tag, start, end) and looks (unit, annotator).

    Every unit is a case of its own, with number 10 times that of the unit.
    """
    columns = np.array(marks, dtype=np.int64).reshape(-1, 6).T
    unit, who = np.array(looks, dtype=np.int64).reshape(-1, 2).T
    return Spans(
        unit=columns[0],
        annotator=columns[1],
        part=columns[2],
        tag=columns[3],
        start=columns[4],
        end=columns[5],
        look_unit=unit,
        look_case=10 * unit,
        look_annotator=who,
        annotators=tuple(annotators),
    )


def drawn(seed, *, n_units=12, n_annotators=4, n_marks=90):
    """Draw marks and looks; some look and mark nothing, some mark the same words twice."""
    rng = np.random.default_rng(seed)
    looks = np.argwhere(rng.random((n_units, n_annotators)) < 0.7)
    at = looks[rng.integers(0, len(looks), n_marks)]
    start = rng.integers(0, 20, n_marks)
    tail = (rng.integers(0, 2, n_marks), rng.integers(0, 3, n_marks), start)
    end = start + rng.integers(1, 8, n_marks)
    marks = np.column_stack([at, *tail, end])
    return spans(marks, looks, [f"a{k}" for k in range(n_annotators)])


class Sets:
    """The same data as sets of marks and of characters by response and annotator."""

    def __init__(self, data, *, with_tag=False):
        self.marks = {}
        for unit, who in zip(data.look_unit.tolist(), data.look_annotator.tolist(), strict=True):
            self.marks.setdefault(unit, {})[who] = set()
        columns = (data.unit, data.annotator, data.part, data.tag, data.start, data.end)
        for unit, who, part, tag, start, end in np.column_stack(columns).tolist():
            self.marks[unit][who].add((part, tag if with_tag else 0, start, end))

    def characters(self, unit, who):
        return {
            (part, tag, place)
            for part, tag, start, end in self.marks[unit][who]
            for place in range(start, end)
        }

    def touched(self, unit, who, other):
        """Give the marks of one that touch a character of the other."""
        theirs = self.characters(unit, other)
        return {
            mark
            for mark in self.marks[unit][who]
            if any((mark[0], mark[1], place) in theirs for place in range(mark[2], mark[3]))
        }

    def overall(self):
        """Give the three shares: each mark and character with the share of others who made it."""
        shares = []
        for own, shared in (
            (lambda u, a: self.marks[u][a], lambda u, a, b: self.marks[u][a] & self.marks[u][b]),
            (lambda u, a: self.marks[u][a], self.touched),
            (self.characters, lambda u, a, b: self.characters(u, a) & self.characters(u, b)),
        ):
            total = made = 0.0
            for unit, annotators in self.marks.items():
                if len(annotators) < 2:
                    continue
                total += sum(len(own(unit, who)) for who in annotators)
                made += sum(
                    len(shared(unit, who, other)) / (len(annotators) - 1)
                    for who, other in permutations(annotators, 2)
                )
            shares.append(made / total if total else None)
        return shares

    def pairs(self):
        """Give F1 = 2m / (n_a + n_b) of every two, by exact marks and by characters."""
        found = {}
        for pair in combinations(sorted({who for unit in self.marks.values() for who in unit}), 2):
            units = [unit for unit, whose in self.marks.items() if whose.keys() >= set(pair)]
            a, b = pair
            counts = [
                (
                    sum(len(of(unit, a) & of(unit, b)) for unit in units),
                    sum(len(of(unit, a)) + len(of(unit, b)) for unit in units),
                )
                for of in (lambda unit, who: self.marks[unit][who], self.characters)
            ]
            if counts[0][1]:
                found[pair] = [2 * made / total for made, total in counts]
        return found
