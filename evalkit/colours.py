"""Colours that carry on a light and a dark ground, the same on pages and in files."""

from collections.abc import Sequence

#: Okabe and Ito's colours, which people with any colour vision tell apart.
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")

#: For what is undecided, for reference lines and for models beyond the palette.
MUTED = "#8A8F98"

BLUE, ORANGE = "0, 114, 178", "230, 159, 0"


def model_colours(models: Sequence[str]) -> dict[str, str]:
    """Give each model its colour, by its place in the study.

    Beyond the palette models share a grey: a colour used twice would say they are the same, and
    every mark is named directly.
    """
    return {
        model: OKABE_ITO[place] if place < len(OKABE_ITO) else MUTED
        for place, model in enumerate(models)
    }
