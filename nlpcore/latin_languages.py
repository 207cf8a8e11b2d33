"""Whether a text in Latin letters is in another language than English, by the small words that sentences are made with.

A rule of thumb that would rather say nothing: a few words may have none of them, and names belong to every language.
"""

from __future__ import annotations

import regex


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH = _words(
    """the of and to is that it he she they you we his her their my your this these those with for from by at are were be been
    has have had not but or which who what when where how if there than then can could would should will did does all one its
    our us him them into about after before over out up only very too in a an on so as do no me i was am"""
)
# Words that English and others share, or that stand in names: they count half.
_SHARED = _words(
    """in a an on so as do no me i was am war die pour par son plus o e y con per ma op te met en den ad ex non de la le les et
    ya na bu w z by to for at of is os com à"""
)
_OTHERS = {
    "German": """der das und ist nicht ein eine einen einem einer eines mit von auf für sich dem den zu ich wir ihr sie wird sind
    auch aber bei nach oder wenn dass hat haben im zum zur aus vom noch nur kein keine sitzt steht liegt geht kommt macht wohnt
    lebt arbeitet heißt in die war was an so am""",
    "French": """le la les des est et une dans que qui pas sur au aux du de avec à sa cette elle nous vous je ne sont mais il se
    ce un on pour par son plus a""",
    "Spanish": """el la los las de que en una un por para está su del lo se más pero como muy es y con son no a me""",
    "Portuguese": """os um uma de que em para com não é está são mais na no dos das seu sua ela o as do da e a""",
    "Italian": """il lo la gli le di che una non sono del della nel sul si anche questo è un per con ma in a e""",
    "Dutch": """de het een en van niet dat zijn er aan ook maar bij naar uit voor wordt ik hij zit staat ligt woont op te met
    is of in""",
    "Swedish": """och det att som är på för inte ett av med jag han en den till""",
    "Danish, Norwegian": """og det at som er på ikke til af med jeg han en den for""",
    "Polish": """nie się jest na że jak od za przez dla są był była jego po w z do to i a o""",
    "Indonesian": """yang dan di itu ini dengan untuk tidak dari saya adalah pada ke""",
    "Turkish": """ve bir bu için ile çok değil ama gibi daha ben de da""",
    "Swahili": """ni na ya wa kwa kwenye katika hii yake mimi sana cha za la""",
    "Latin": """et est sunt cum sed quod qui ut atque omnia esse in ad ex non""",
    "pinyin": """wo shi ni hao zai bu zhe de le""",
}
_WORDS_OF = tuple(map(_words, _OTHERS.values()))
# Between the parts of a name: Ludwig van Beethoven, La Paz.
_IN_NAMES = _words("de da do dos das del della di du des la le les los las el van von der den zu zum y e et al na wa")
# Letters of Vietnamese, Polish, Pinyin and others that no English word has; é, ï, ç, ñ, ö, ü stand in some.
_LETTER = regex.compile("[äåøæßœłąęśćżźńščřžůýőűğşıțăđơưāēīōūǖǎěǐǒǔǚǜ\u1ea0-\u1ef9]")
_WORD = regex.compile(r"(?P<first>(?:^|[.!?:]\s+)\W*)?(?P<word>\p{Latin}[\p{Latin}\p{M}'’]*)")
# Words that stand in no English text, as a name or a loan: where no English word is beside them, one is enough.
_CERTAIN = _words(
    """und ist nicht ich wir ihr sind haben wohnt heißt dass avec dans vous habite suis muy pero está estoy somos não você são
    sou della anche questo het een niet inte är jeg ikke się jestem nie tidak saya dengan için değil nǐ wǒ"""
)
_FEWEST = 3  # words, of which anything is said


def is_other_than_english(text: str) -> bool:
    """Whether the small words and the letters of ``text``, in Latin letters, are rather those of another language.

    Names say nothing: words with a capital but at the beginning of a sentence, and what stands between such. False where
    there is too little to tell by.
    """
    found = [(match["word"], match["first"] is not None) for match in _WORD.finditer(text)]
    if len(found) < _FEWEST:
        return False
    following = [word for word, _ in found[1:]] + [""]
    words = [
        word.lower()
        for (word, first), after in zip(found, following, strict=True)
        if (word[0].islower() or first) and not (word.lower() in _IN_NAMES and (after[:1].isupper() or after == "al"))
    ]
    english, least = _score(words, _ENGLISH), max(1.5, len(found) / 5)
    if not english and any(
        word.lower() in _CERTAIN for word, first in found if word.islower() or (first and word.istitle())
    ):
        return True
    strange = {word for word, _ in found if word[0].islower() and _LETTER.search(word)}
    for own in _WORDS_OF:
        score = _score(words, own | strange)
        if score >= max(least, 2 * english) and any(word in strange or word in own - _SHARED for word in words):
            return True
    return False


def _score(words: list[str], of: frozenset[str]) -> float:
    return sum(0.5 if word in _SHARED else 1.0 for word in words if word in of)
