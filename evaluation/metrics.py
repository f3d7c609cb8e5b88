"""How answers and rankings are scored, as the field scores them."""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence

_MARK = re.compile(r"\[\d{1,4}\]")
_SAME = 0.8  # of a sentence's words, in order: tokenised corpora write "` ` season" and "end ." where documents do not
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")


def normalised(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces (SQuAD's `evaluate-v2.0.py`)."""
    kept = "".join(letter for letter in text.lower() if letter not in string.punctuation and letter not in "“”‘’")
    return " ".join(_ARTICLE.sub(" ", kept).split())


def exact_match(prediction: str, golds: Sequence[str]) -> float:
    return float(any(normalised(prediction) == normalised(gold) for gold in golds))


def f1(prediction: str, golds: Sequence[str]) -> float:
    """Best token overlap with a gold answer (SQuAD)."""
    return max((_f1(normalised(prediction).split(), normalised(gold).split()) for gold in golds), default=0.0)


def contains(prediction: str, golds: Sequence[str]) -> float:
    """Whether a gold answer stands in `prediction`, whole words, both normalised."""
    text = f" {normalised(unmarked(prediction))} "
    return float(any(f" {normalised(gold)} " in text for gold in golds if normalised(gold)))


def unmarked(text: str) -> str:
    """An answer without its `[n]` marks and quotation signs."""
    return re.sub(r"(?m)^>[ \t]?", "", _MARK.sub("", text))


def rouge_l(prediction: str, golds: Sequence[str]) -> float:
    """ROUGE-L (Lin, 2004): F1 over the longest common subsequence of words with the gold answer that fits best."""
    words = _words(unmarked(prediction))
    return max((_subsequence_f1(words, _words(gold)) for gold in golds), default=0.0)


def evidence_recall(shown: Sequence[str], named: Sequence[str]) -> float:
    """Share of the `named` sentences that stand in what is `shown`: at least `_SAME` of their words, in their order.

    Sentences are not split alike everywhere, so that one may stand in several, or be a part of one.
    """
    texts = [_words(text) for text in (*shown, " ".join(shown))]
    return sum(any(_stands_in(_words(sentence), text) for text in texts) for sentence in named) / len(named)


def answer_words(text: str) -> int:
    return len(unmarked(text).split())


def recall(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """Share of the relevant documents among the first `k`."""
    return sum(document in relevant for document in ranked[:k]) / len(relevant)


def hit(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """Whether any relevant document is among the first `k`."""
    return float(any(document in relevant for document in ranked[:k]))


def reciprocal_rank(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    return next((1 / rank for rank, document in enumerate(ranked[:k], start=1) if document in relevant), 0.0)


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """Graded, with the gain as it stands (as trec_eval's `ndcg_cut`; Järvelin and Kekäläinen, 2002)."""
    gain = sum(relevant.get(document, 0) / math.log2(rank + 1) for rank, document in enumerate(ranked[:k], start=1))
    best = sorted(relevant.values(), reverse=True)[:k]
    return gain / sum(grade / math.log2(rank + 1) for rank, grade in enumerate(best, start=1))


def average_precision(ranked: Sequence[str], relevant: Mapping[str, int]) -> float:
    hits, total = 0, 0.0
    for rank, document in enumerate(ranked, start=1):
        if document in relevant:
            hits += 1
            total += hits / rank
    return total / len(relevant)


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Area under the ROC curve: the chance that a positive scores above a negative (ties count half)."""
    positive = [score for score, label in zip(scores, labels, strict=True) if label]
    negative = [score for score, label in zip(scores, labels, strict=True) if not label]
    won = sum((high > low) + 0.5 * (high == low) for high in positive for low in negative)
    return won / (len(positive) * len(negative))


def _f1(prediction: Sequence[str], gold: Sequence[str]) -> float:
    if not prediction or not gold:
        return float(prediction == gold)
    common = sum((Counter(prediction) & Counter(gold)).values())
    return 2 * common / (len(prediction) + len(gold)) if common else 0.0


def _words(text: str) -> list[str]:
    """Lower case, letters and digits only, as the usual ROUGE has it, in any script."""
    return re.findall(r"[^\W_]+", text.lower())


def _subsequence_f1(prediction: Sequence[str], gold: Sequence[str]) -> float:
    from rapidfuzz.distance import LCSseq

    common = LCSseq.similarity(prediction, gold)
    return 2 * common / (len(prediction) + len(gold)) if common else 0.0


def _stands_in(sentence: Sequence[str], text: Sequence[str]) -> bool:
    from rapidfuzz.distance import LCSseq

    return bool(sentence) and LCSseq.similarity(sentence, text) >= _SAME * len(sentence)
