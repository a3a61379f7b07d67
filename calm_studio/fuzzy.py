"""Finding words by a few of their letters."""

import re


def score(query: str, words: str) -> float | None:
    """How well `query` fits: the higher the better, None for not at all. Each of its words has to fit; best where it
    is a word, then where it begins one, then inside one, then with its letters in order and others between them."""
    parts = [_score(part, words.lower()) for part in query.lower().split()]
    return None if None in parts else sum(parts)


def _score(part: str, words: str) -> float | None:
    if part in words.split():
        return 4.0
    if any(word.startswith(part) for word in words.split()):
        return 3.0
    if part in words:
        return 2.0
    spread = re.search(".*?".join(map(re.escape, part)), words)
    return len(part) / len(spread.group()) if spread else None
