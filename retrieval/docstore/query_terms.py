"""A question as the keyword index is asked it: its words that carry meaning, in the stems of the documents' languages."""

from __future__ import annotations

from collections.abc import Sequence

from .identifiers import LAST, find_dates, find_spaced_numbers
from .languages import question_language, stop_words
from .terms import ACRONYM, token_terms, tokens

_MOST_WORDS = 64  # of a question; FTS5 has an expression limit
_QUOTES = "()[]{}<>\"'“”„«»*_`.,;:!?¿¡"
_NO_NAMES = {"I", "AND", "OR", "NOT"}  # the last three: operators of other searches, typed by habit
_MOSTLY = 0.5  # of the words with a capital: then a capital says nothing


def question_words(question: str, languages: Sequence[str]) -> list[list[str]]:
    """For each word of a question that carries meaning its terms, the whole of an identifier first; all where none does.

    A small word in capitals, or with a capital within a sentence, is a name ("the WHO", "in May").
    """
    written = tokens(question)[:_MOST_WORDS]
    small = stop_words(question_language(question, languages))
    later = [token.strip(_QUOTES) for token in written[1:] if token.strip(_QUOTES)[:1].isalpha()]
    titled = len(later) > 2 and sum(word[0].isupper() for word in later) > _MOSTLY * len(later)
    kept, dropped = list[list[str]](), list[list[str]]()
    for at, token in enumerate(written):
        forms = list(dict.fromkeys(form for language in languages for form in token_terms(token, language)))
        if not forms:
            continue
        word = token.strip(_QUOTES)
        acronyms = [form for form in forms if form.startswith(ACRONYM)]
        if word.casefold() not in small:
            kept.append(forms[:1] + [form for form in forms[1:] if form not in small])
        elif acronyms and not titled:
            kept.append(acronyms)
        elif at and word[0].isupper() and word not in _NO_NAMES and not titled:
            kept.append(forms)
        else:
            dropped.append(forms)
    kept += [[term] for term in (*find_dates(question), *find_spaced_numbers(question))]
    return [list(forms) for forms in dict.fromkeys(map(tuple, kept or dropped))]


def query_terms(question: str, languages: Sequence[str]) -> list[str]:
    """FTS5's phrases for a question's terms, each once: quoted, so that nothing a person types is query syntax."""
    phrases: dict[str, None] = {}
    for forms in question_words(question, languages):
        for form in forms:
            if len(form) == 2 and form.endswith(LAST):  # the last letter of a run is asked for where it stands alone
                if len(forms) == 1:
                    phrases[f'"{form[0]}"*'] = None
            else:
                phrases[f'"{form}"'] = None
    return list(phrases)
