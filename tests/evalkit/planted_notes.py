"""Notes of which it is known what they are about: words of a topic among words that all use."""

from functools import cache

import numpy as np

#: What notes are about, in words that no other topic uses.
TOPICS = [[f"topic{chr(97 + t)}{chr(97 + word)}" for word in range(25)] for t in range(15)]
COMMON = [f"every{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(300)]


def planted(n, *, n_topics, share, seed=3):
    """Return n notes of 8 to 17 words, a share of them of the note's topic, and the topics."""
    notes, topics = _planted(n, n_topics, share, seed)
    return list(notes), topics.copy()


@cache
def _planted(n, n_topics, share, seed):
    rng = np.random.default_rng(seed)
    topics = rng.integers(0, n_topics, n)

    def word(topic):
        words = TOPICS[topic] if rng.random() < share else COMMON
        return words[rng.integers(0, len(words))]

    notes = [" ".join(word(topic) for _ in range(rng.integers(8, 18))) for topic in topics]
    return notes, topics
