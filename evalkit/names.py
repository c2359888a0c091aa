"""Names of people and judges: how they are written, and when two are one."""

import hashlib
import unicodedata

#: A key in UTF-8 that is longer than this is kept as its hash: databases index no longer ones.
_LONGEST_KEY = 1_000


def normal_name(name: str) -> str:
    """Return a name as it is stored and shown: composed (NFC), its words one blank apart."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def name_key(name: str) -> str:
    """Return what two names have in common that people would take for one.

    Parameters
    ----------
    name : str
        A name as somebody typed it or a file spells it.

    Returns
    -------
    str
        Equal for names that differ at most in capitals, in how their letters are composed or how
        wide they are, in blanks, and in marks that nobody sees; empty where nothing is left.
        Close to Unicode's ``toNFKC_Casefold`` (The Unicode Standard, section 3.13).
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    visible = "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")
    key = " ".join(unicodedata.normalize("NFKC", visible).split())
    encoded = key.encode("utf-8", "surrogatepass")
    return hashlib.sha256(encoded).hexdigest() if len(encoded) > _LONGEST_KEY else key
