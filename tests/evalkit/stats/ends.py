"""Intervals inside a range done another way: by solving for their ends, by linear programming."""

import math

import numpy as np
from scipy.optimize import brentq, linprog
from scipy.stats import kurtosis, t as student


def degrees_of(pulls):
    """Return Satterthwaite's degrees from the kurtosis that scipy gives."""
    n = len(pulls)
    return min(n - 1, 2 * n / (kurtosis(pulls, fisher=False) - (n - 3) / (n - 1)))


def jackknife_of(left_out):
    """Return the standard error and the degrees from the values without each case in turn."""
    n, pulls = len(left_out), np.asarray(left_out) - np.mean(left_out)
    return np.sqrt((n - 1) / n * np.sum(pulls**2)), degrees_of(pulls)


def ends(value, error, degrees, *, lowest, highest=1.0):
    """Return where the value is just t standard errors away, by what the error is there."""

    def spread(x):
        return (x - lowest) * (1 if math.isinf(highest) else highest - x)

    def away(x):
        t = student.ppf(0.975, degrees)
        return (value - x) ** 2 * spread(value) - t**2 * error**2 * spread(x)

    top = highest if math.isfinite(highest) else value + 1e4 * (value - lowest)
    return brentq(away, lowest, value, xtol=1e-14), brentq(away, value, top, xtol=1e-14)


def least_by_program(first, second, credit):
    """Return the least mean credit of all tables with these margins."""
    k = len(first)
    rows = np.kron(np.eye(k), np.ones(k))
    columns = np.kron(np.ones(k), np.eye(k))
    found = linprog(
        credit.ravel(), A_eq=np.vstack([rows, columns]), b_eq=np.concatenate([first, second])
    )
    return found.fun
