"""The colours of charts: one per model, the same everywhere, readable on light and dark."""

from evalkit.colours import BLUE, MUTED, OKABE_ITO, ORANGE, model_colours

__all__ = [
    "BLUE",
    "FAINT",
    "MUTED",
    "OKABE_ITO",
    "ORANGE",
    "from_orange_to_blue",
    "model_colours",
]

#: For lines that are read against, and for levels in the middle of a scale.
FAINT = "rgba(138, 143, 152, 0.35)"


def from_orange_to_blue(n: int) -> list[str]:
    """Give the colours of a scale's levels, lowest first: orange, grey in the middle, blue."""
    shades = []
    for place in range(n):
        at = 0.0 if n == 1 else 2 * place / (n - 1) - 1
        colour = BLUE if at > 0 else ORANGE
        shades.append(f"rgba({colour}, {0.2 + 0.5 * abs(at):.2f})" if at else FAINT)
    return shades
