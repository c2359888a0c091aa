"""Notes of which it is known what they are about: words of a topic among words that all use."""

import numpy as np

#: What notes are about, in words that no other topic uses.
TOPICS = [[f"topic{chr(97 + t)}{chr(97 + word)}" for word in range(25)] for t in range(15)]
COMMON = [f"every{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(300)]


def planted(n, *, n_topics, share, seed=3):
    """Return n notes of 8 to 17 words, a share of them of the note's topic, and the topics."""
    rng = np.random.default_rng(seed)
    topics = rng.integers(0, n_topics, n)
    notes = [
        " ".join(
            str(rng.choice(TOPICS[topic] if rng.random() < share else COMMON))
            for _ in range(rng.integers(8, 18))
        )
        for topic in topics
    ]
    return notes, topics
