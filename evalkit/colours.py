"""Colours that carry on a light and a dark ground, the same on pages and in files."""

#: Okabe and Ito's colours, which people with any colour vision tell apart.
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")

#: For what is undecided, for reference lines and for models beyond the palette.
MUTED = "#8A8F98"

BLUE, ORANGE = "0, 114, 178", "230, 159, 0"
