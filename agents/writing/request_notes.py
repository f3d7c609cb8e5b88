"""What stands after a question for the model: in which language to answer, and in which form, where that is not plain.

Both are said only where they matter: the language where it is not that of the passages, for a small model goes on in the
language it has just read; the form where a list, a comparison or a summary is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...retrieval import detect_language
from ..asking import wanted_form

_NAMES = {
    **{"ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish"},
    **{"fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "it": "Italian", "ja": "Japanese"},
    **{
        "ko": "Korean",
        "nl": "Dutch",
        "pl": "Polish",
        "pt": "Portuguese",
        "ro": "Romanian",
        "ru": "Russian",
        "sv": "Swedish",
    },
    **{"th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese"},
}
_FORMS = {
    "list": "List all that the passages name, each on a line of its own.",
    "comparison": "Compare them point by point.",
    "summary": "Write a summary of what the passages say of it, the most important first.",
}


def request_notes(question: str, texts: Sequence[str], wished: str = "") -> str:
    """What is added for `question` over passages with these `texts`; mostly nothing. `wished` is as in `language_note`."""
    form = wanted_form(question)
    return " ".join(note for note in (_FORMS[form] if form else "", language_note(question, texts, wished)) if note)


def language_note(question: str, texts: Sequence[str], wished: str = "") -> str:
    """In which language to answer, where that is not the language of what is read: the `wished` (ISO 639-1), else the
    question's."""
    language = wished or detect_language(question)
    foreign = language in _NAMES and detect_language("\n".join(texts)) not in ("", language)
    return f"Answer in {_NAMES[language]}." if foreign else ""
