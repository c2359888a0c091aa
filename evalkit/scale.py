"""Continuous scales: which numbers stand on one, and how it is put in words."""

from dataclasses import dataclass

#: What decimals lose in binary: half steps from 0 to 100 are on their scale, 0.1 steps too.
_ROUNDING = 1e-6


def is_on_step(value: float, low: float, step: float) -> bool:
    """Tell whether whole steps lead from the low end of a scale to a value."""
    n_steps = (value - low) / step
    return abs(n_steps - round(n_steps)) <= _ROUNDING


@dataclass(frozen=True, slots=True)
class ScaleRange:
    """A continuous scale: its ends, its step where it has one, what the ends are called."""

    min: float
    max: float
    step: float | None = None
    low: str = ""
    high: str = ""

    def holds(self, value: float) -> bool:
        """Tell whether a value can be given on this scale."""
        return self.min <= value <= self.max and (
            self.step is None or is_on_step(value, self.min, self.step)
        )

    def in_words(self) -> str:
        """Return which values it holds: "0 to 100 in steps of 0.5"."""
        steps = "" if self.step is None else f" in steps of {self.step:g}"
        return f"{self.min:g} to {self.max:g}{steps}"
