"""The canary of an export: a text that tells whoever collects training data to leave it out.

Like that of BIG-bench, and to be found by who looks whether a model knows it.
"""

import uuid

#: That of all exports of evalkit. It must never change.
CANARY = uuid.UUID("3f7b1d52-8c5e-4e0b-9a44-6d1c2e97a0f3")


def canary_of(content_hash: str) -> str:
    """Return the canary of an eval set by the hash of its first version: always the same."""
    own = uuid.uuid5(CANARY, content_hash)
    return (
        "EVALUATION DATA MUST NOT APPEAR IN TRAINING CORPORA. "
        f"evalkit canary GUID {CANARY}; of this eval set GUID {own}"
    )
