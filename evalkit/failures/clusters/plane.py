"""A map of notes: near what is alike, as far as two directions can tell."""

import numpy as np

from evalkit.stats.counts import FloatArray

#: How much more a note is drawn to the middle it is most like.
_PULL = 8.0
#: How far notes of one group lie apart, of the distance between groups.
_SPREAD = 0.3


def on_a_plane(points: FloatArray, middles: FloatArray) -> FloatArray:
    """Return where rows of length 1 lie on a map.

    Parameters
    ----------
    points : FloatArray of shape (n_rows, n_directions)
    middles : FloatArray of shape (n_groups, n_directions)
        Of the groups that are to be seen.

    Returns
    -------
    FloatArray of shape (n_rows, 2)
        Only which rows are near each other means something: axes have no unit.

    Notes
    -----
    Middles lie as their distances say (classical scaling), each row between those it is like,
    and beside them along the two directions in which rows differ beyond their middles. Without
    three groups there is not enough to lay out, and rows lie along their first two directions.

    References
    ----------
    Torgerson (1952), Multidimensional scaling: I. Theory and method, Psychometrika 17.
    """
    if len(middles) < 3:
        return _two_directions(points)
    places = _scaled(middles)
    near = points @ middles.T
    pull = np.exp(_PULL * (near - near.max(axis=1, keepdims=True)))
    share = pull / pull.sum(axis=1, keepdims=True)
    beyond = _two_directions(points - share @ middles)
    reach = np.abs(beyond).max(initial=0.0) or 1.0
    size = float(np.abs(places).max())
    plane: FloatArray = share @ places + _SPREAD * size * beyond / reach
    return np.round(plane, 5)


def _scaled(middles: FloatArray) -> FloatArray:
    """Return a place on the map for each middle."""
    centred = middles - middles.mean(axis=0)
    values, vectors = np.linalg.eigh(centred @ centred.T)
    return _turned(vectors[:, :-3:-1] * np.sqrt(np.maximum(values[:-3:-1], 0.0)))


def _two_directions(points: FloatArray) -> FloatArray:
    """Return rows along the two directions in which they differ most."""
    centred = points - points.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    axes = vectors[:, :-3:-1]
    if axes.shape[1] < 2:
        axes = np.pad(axes, ((0, 0), (0, 2 - axes.shape[1])))
    return np.round(_turned(centred @ axes), 5)


def _turned(places: FloatArray) -> FloatArray:
    """Turn each direction so that its furthest place is on the positive side."""
    furthest = np.take_along_axis(places, np.abs(places).argmax(axis=0)[None, :], axis=0)
    return places * np.where(furthest < 0, -1.0, 1.0)
