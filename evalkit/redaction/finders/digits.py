"""Check digits: the sums by which a number shows that it is not just any number."""

#: Every other digit of a card counts twice, and its digits are added.
_TWICE = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn(digits: str) -> bool:
    """Tell whether digits pass the Luhn sum (ISO/IEC 7812-1, annex B)."""
    values = [int(digit) for digit in reversed(digits)]
    return (sum(values[::2]) + sum(_TWICE[value] for value in values[1::2])) % 10 == 0


def mod_97_10(letters_and_digits: str) -> bool:
    """Tell whether a text passes ISO 7064 mod 97-10, with letters as 10 to 35."""
    return int("".join(str(int(sign, 36)) for sign in letters_and_digits)) % 97 == 1


def mod_11_10(digits: str) -> bool:
    """Tell whether digits pass ISO 7064 mod 11,10, the last of them the check digit."""
    product = 10
    for digit in digits[:-1]:
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return (11 - product) % 10 == int(digits[-1])


def weighted(digits: str, weights: tuple[int, ...]) -> int:
    """Return the sum of digits, each times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
