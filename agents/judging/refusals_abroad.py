"""A model's refusal in other languages than English: documents, a word of denial and a word of saying, in either order.

A word of saying must stand there: "Los documentos no caducan" is an answer.
"""

from __future__ import annotations

import re

# of Spanish, Portuguese, French, Italian, German, Dutch, Polish and Russian
_DOCUMENTS = (
    r"(?:documentos?|pasajes?|textos?|fragmentos?|fuentes?|passagens?|trechos?|documents?|passages?|textes?|extraits?"
    r"|document[io]|passagg[io]|test[io]|bran[io]|dokument\w{0,2}|passagen?|texten?|textstellen?|abschnitten?|auszügen?|quellen?"
    r"|documenten|tekst(?:en|y|ach)?|fragment(?:en|y|ach|ów)|документ\w{0,3}|текст\w{0,3}|отрывк\w{0,3}|фрагмент\w{0,3})"
)
_DENIAL = (
    r"(?:no|não|nao|ne|n|pas|aucune?|rien|non|nulla|nessun\w?|nicht|nichts|keine?\w?|niet|niets|geen|nie|żadn\w+"
    r"|не|нет|ничего)"
)
_SAYING = (
    r"(?:conti?e\w*|contém|contêm|mencion\w+|dicen?|indica\w*|especifica\w*|inclu\w+|responde\w*|explica\w*|proporciona\w*"
    r"|aparec\w+|encuentr\w+|encontr\w+|está\w*|estão|hay|há|consta\w*|diz\w*|fornece\w*|inform\w+|respuesta|resposta"
    r"|dit|disent|mentionn\w+|précis\w+|indiqu\w+|répond\w*|trouv\w+|donn\w+|fournit|fournissent|réponse"
    r"|dice|dicono|menzion\w+|specifica\w*|fornisc\w+|trova\w*|rispo\w+|indicat\w+"
    r"|enthalt\w*|enthält|erwähn\w+|nenn\w+|sag\w+|steh\w*|angegeben|beantworte\w*|finde\w*|gefunden|beschrieben|antwort"
    r"|bevat\w*|vermeld\w*|noem\w*|zegg\w*|zegt|gevonden|vinden|staat|staan|antwoord"
    r"|zawiera\w*|wspomina\w*|podaj\w+|mówi\w*|ma|znajduje|odpowied\w+"
    r"|содерж\w+|упомин\w+|указа\w+|указыва\w+|сказано|говор\w+|ответ\w*|информаци\w+|найден\w*)"
)
_SENTENCES = [
    re.compile(rf"\b{_DOCUMENTS}(?: \w+){{0,4}} {_DENIAL}(?: \w+){{0,4}} {_SAYING}\b"),
    re.compile(rf"\b{_DOCUMENTS}(?: \w+){{0,2}} {_SAYING}(?: \w+){{0,2}} {_DENIAL}\b"),
    re.compile(rf"\b{_DENIAL}(?: \w+){{0,3}} {_SAYING}(?: \w+){{0,10}} {_DOCUMENTS}\b"),
    re.compile(rf"\b{_SAYING}(?: \w+){{0,6}} {_DENIAL}(?: \w+){{0,10}} {_DOCUMENTS}\b"),
    re.compile(rf"\b{_DOCUMENTS}(?: \w+){{0,6}} {_SAYING} {_DENIAL}$"),
    re.compile(rf"^{_DENIAL} (?:en|em|dans|nei|nel|negli|in|w|в) (?:\w+ ){{0,2}}{_DOCUMENTS}$"),
]
_UNSPACED = [  # Chinese and Japanese
    re.compile(
        r"(?:文档|文件|段落|资料|文章|文本|材料).{0,10}(?:没有|未|并未|不).{0,6}(?:提到|提及|包含|说明|回答|给出|找到|信息|答案)"
    ),
    re.compile(r"(?:文書|資料|文章|ドキュメント|パッセージ|テキスト).{0,24}(?:ません|ない|ありません)"),
]


def denies_abroad(words: str) -> bool:
    """`words`: one sentence in small letters, without punctuation."""
    return any(pattern.search(words) for pattern in (*_SENTENCES, *_UNSPACED))
