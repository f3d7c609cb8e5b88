"""What is said where the documents do not answer, in the language of the question; `kind` says it to programs."""

from __future__ import annotations

from ..asking import asked_in

ABSTAINED = "I could not find this in your documents."
_ABROAD = {
    "de": "Das konnte ich in deinen Dokumenten nicht finden.",
    "es": "No he podido encontrarlo en tus documentos.",
    "fr": "Je n'ai pas pu trouver cela dans vos documents.",
    "it": "Non sono riuscito a trovarlo nei tuoi documenti.",
    "pt": "Não consegui encontrar isso nos seus documentos.",
    "nl": "Dit kon ik niet in je documenten vinden.",
    "pl": "Nie udało mi się tego znaleźć w twoich dokumentach.",
    "ru": "Мне не удалось найти это в ваших документах.",
    "zh": "我没有在您的文档中找到相关内容。",
    "ja": "お手元の文書からは見つかりませんでした。",
}


def abstention(question: str) -> str:
    """English where the question's language is another, or not clear."""
    return _ABROAD.get(asked_in(question, _ABROAD), ABSTAINED)
