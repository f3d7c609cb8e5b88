"""What is said to be polite, or to learn what this is, and asks nothing of the documents: it is answered by a sentence.

Only where that is all of it: "thanks, and on Sundays?" and "hi-fi settings?" are questions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Occasion = Literal["greeting", "thanks", "abilities"]

_LONGEST = 60  # characters
# Patterns of all that is said, in small letters without punctuation; of every language the same three, in this order
_PATTERNS: dict[str, tuple[str, str, str]] = {
    "en": (
        r"(?:hi|hiya|hey|hello|howdy|greetings)(?: there| ayllu| everyone| all| again){0,2}(?: how are you(?: today)?)?"
        r"|how are you(?: today| doing)?|good (?:morning|afternoon|evening|day)(?: ayllu)?|goodbye"
        r"|bye(?: bye)?|see you(?: later)?",
        r"(?:ok |okay |great |perfect |oh |cool |many |no ){0,2}(?:thanks|thank you|thx|ty|cheers)"
        r"(?: you| so much| very much| a lot| again| ayllu| for (?:your|the) help){0,2}",
        r"(?:so )?(?:what (?:can|do) you do(?: for me)?|who are you|what are you|how can you help(?: me)?"
        r"|what can i (?:ask|do)(?: you| here)?|how do(?:es)? (?:you|this) work)",
    ),
    "de": (
        r"(?:hallo|moin|servus|grüezi|grüß gott|grüss gott|guten (?:morgen|tag|abend))(?: zusammen| ayllu)?"
        r"|wie geht s|wie geht es"
        r" dir|tschüss?|auf wiedersehen",
        r"(?:ok |super |vielen |herzlichen |besten ){0,2}(?:danke|dank)(?: dir| schön| sehr| vielmals)?|dankeschön",
        r"was kannst du(?: alles)?(?: tun| für mich tun)?|wer bist du|was bist du|wie kannst du mir helfen"
        r"|was kann ich (?:dich )?fragen",
    ),
    "es": (
        r"hola(?: ayllu| a todos)?|buen(?:os|as) (?:días|dias|tardes|noches)|qué tal|que tal|adiós|adios|hasta luego",
        r"(?:ok |muchas |mil )?gracias(?: por (?:tu|su|la) ayuda)?",
        r"(?:y )?(?:qué|que) (?:puedes|sabes|podés) hacer(?: por mí| por mi)?|(?:quién|quien) eres|(?:qué|que) eres"
        r"|(?:qué|que) puedo preguntar(?:te)?|(?:cómo|como) puedes ayudarme|cómo funcionas",
    ),
    "fr": (
        r"(?:bonjour|salut|bonsoir|coucou)(?: ayllu| à tous)?|ça va|comment ça va|au revoir",
        r"(?:ok |un grand )?merci(?: beaucoup| bien| à toi| pour ton aide| pour votre aide)?",
        r"(?:que|qu est ce que) (?:peux tu|pouvez vous|tu peux|vous pouvez|sais tu) faire|qui es tu|qui êtes vous"
        r"|que puis je (?:te |vous )?demander|comment peux tu m aider",
    ),
    "it": (
        r"ciao(?: ayllu| a tutti)?|salve|buongiorno|buonasera|come va|come stai|arrivederci",
        r"(?:ok |molte )?grazie(?: mille| tante)?",
        r"(?:che )?cosa (?:puoi|sai) fare(?: per me)?|chi sei|cosa sei|cosa posso chiedere|come puoi aiutarmi",
    ),
    "pt": (
        r"olá(?: ayllu| a todos)?|oi|bom dia|boa (?:tarde|noite)|tudo bem|adeus|até logo",
        r"(?:ok |muito )?obrigad[oa](?: pela ajuda)?",
        r"o que (?:você |voce )?(?:pode|podes|sabe|sabes) fazer|quem (?:é você|és tu|és)"
        r"|o que posso perguntar|como podes? ajudar(?: me)?",
    ),
    "nl": (
        r"hoi(?: ayllu| allemaal)?|goede(?:morgen|middag|navond)|hoe gaat het|tot ziens|doei",
        r"(?:ok )?(?:dank je(?: wel)?|dankjewel|bedankt|dank u(?: wel)?)(?: voor je hulp)?",
        r"wat kun je(?: doen| voor mij doen)?|wie ben je|wat ben je|wat kan ik vragen|hoe kun je(?: mij| me)? helpen",
    ),
}
_OCCASIONS: tuple[Occasion, Occasion, Occasion] = ("greeting", "thanks", "abilities")
_REPLIES: dict[str, tuple[str, str, str]] = {
    "en": (
        "Hello! Ask me anything about your documents. ({count} to look in)",
        "You are welcome. Ask on whenever you like.",
        "I answer questions from your documents ({count}), and name the passages that an answer comes from. "
        "I also "
        "sum up, list or compare what passages say, and read a document you name with `--with FILE`. What you "
        "correct, I learn from.",
    ),
    "de": (
        "Hallo! Frag mich etwas über deine Dokumente. (Es sind {count}.)",
        "Gern geschehen. Frag einfach weiter.",
        "Ich beantworte Fragen aus deinen Dokumenten ({count}) und nenne die Stellen, aus denen die Antwort "
        "kommt. Ich fasse auch "
        "Stellen zusammen, zähle auf oder vergleiche, und lese ein Dokument, das du mit `--with DATEI` nennst. "
        "Aus Korrekturen lerne "
        "ich.",
    ),
    "es": (
        "¡Hola! Pregúntame algo sobre tus documentos. (Hay {count}.)",
        "De nada. Pregunta cuando quieras.",
        "Respondo preguntas con tus documentos ({count}) y cito los pasajes de los que sale la respuesta. También resumo "
        "pasajes, enumero o comparo lo que dicen, "
        "y leo el documento que nombres con `--with ARCHIVO`. Aprendo de tus correcciones.",
    ),
    "fr": (
        "Bonjour ! Posez-moi une question sur vos documents. (Il y en a {count}.)",
        "Avec plaisir. Continuez quand vous voulez.",
        "Je réponds aux questions à partir de vos documents ({count}) et je cite les passages d'où vient la "
        "réponse. Je résume aussi "
        "des passages, j'énumère ou je compare, et je lis le document que vous nommez par `--with FICHIER`. "
        "J'apprends de vos corrections.",
    ),
    "it": (
        "Ciao! Chiedimi qualcosa sui tuoi documenti. (Sono {count}.)",
        "Prego. Chiedi pure quando vuoi.",
        "Rispondo alle domande dai tuoi documenti ({count}) e cito i passi da cui viene la risposta. So "
        "anche riassumere passi, "
        "elencare o confrontare, e leggere il documento che indichi con `--with FILE`. Imparo dalle tue correzioni.",
    ),
    "pt": (
        "Olá! Pergunte-me algo sobre os seus documentos. (São {count}.)",
        "De nada. Pergunte quando quiser.",
        "Respondo a perguntas com os seus documentos ({count}) e cito as passagens de onde vem a resposta. "
        "Também resumo passagens, "
        "enumero ou comparo, e leio o documento que indicar com `--with FICHEIRO`. Aprendo com as suas correções.",
    ),
    "nl": (
        "Hallo! Vraag me iets over je documenten. (Het zijn er {count}.)",
        "Graag gedaan. Vraag gerust verder.",
        "Ik beantwoord vragen uit je documenten ({count}) en noem de passages waar een antwoord vandaan "
        "komt. Ik vat ook passages "
        "samen, som op of vergelijk, en lees een document dat je met `--with BESTAND` noemt. Van correcties leer ik.",
    ),
}


@dataclass(frozen=True, slots=True)
class Courtesy:
    occasion: Occasion
    language: str  # ISO 639-1

    def reply(self, documents: int) -> str:
        """A sentence in its language; `documents`: how many there are to ask."""
        return _REPLIES[self.language][_OCCASIONS.index(self.occasion)].format(count=f"{documents:,}")


def find_courtesy(text: str) -> Courtesy | None:
    """What `text` is said for, where it is nothing but a courtesy, or asks what can be asked here; None for a question."""
    if len(text) > _LONGEST:
        return None
    words = " ".join(re.sub(r"[\W_]+", " ", text.lower()).split())
    for language, patterns in _PATTERNS.items():
        for occasion, pattern in zip(_OCCASIONS, patterns, strict=True):
            if re.fullmatch(pattern, words):
                return Courtesy(occasion, language)
    return None
