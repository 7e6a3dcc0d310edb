"""Titles of films in one spelling, so that two ways to write one title are the same text.

MovieLens moves an article to the end ("Matrix, The") and puts other names in brackets behind it:
"City of Lost Children, The (Cité des enfants perdus, La)", "Seven (a.k.a. Se7en)".
"""

from __future__ import annotations

import html
import re
import unicodedata
from itertools import islice

YEAR = r"(?:18[7-9]\d|19\d\d|20\d\d|2100)"
"""A pattern of the years that can be a film's release."""

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´′", "'"))
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "ı": "i"}
)
"""Letters that Unicode does not take apart, as they are written without a Nordic or Polish keyboard."""

_NUMERALS = "ii iii iv v vi vii viii ix - xi xii xiii xiv xv xvi xvii xviii xix xx"
_ROMAN = {word: str(number) for number, word in enumerate(_NUMERALS.split(), start=2)}
"""Roman numerals but "i" and "x", which are a word and a letter more often than numbers."""

_MOVED_ARTICLES = (
    "the a an la le les l' un une des el lo los las il i gli o os as um uma "
    "der die das den dem ein eine de det het en et ett"
)
_MOVED = re.compile(
    rf"(?P<rest>.*\S)\s*,\s*(?P<article>{_MOVED_ARTICLES.replace(' ', '|')})\s*", re.DOTALL
)
_FRONTED = {
    *("The", "A", "An", "La", "Le", "Les", "L'", "Un", "Une", "Des", "El", "Lo", "Los", "Las"),
    *("Il", "Gli", "Der", "Das", "Det", "Het"),
}
_FRONTED_IN_BRACKETS = _FRONTED | {
    *("Die", "I", "O", "Os", "As", "De", "En", "Den", "Ein", "Eine"),
}
"""Articles that are moved back to the front. Some are English words too, and articles in the names in
brackets alone, which are of other languages: "Tin Drum, The (Blechtrommel, Die)"."""

_ALSO_CALLED = re.compile(r"((?:^|, ?)a\.?k\.?a\.?:? )", re.IGNORECASE)

_ARTICLE = re.compile(r"(?:the|an?|l[ae]?|les|el|l[ao]s|il|der|das) (?=.)")
"""An article in front. "Die", "I" and "As" are not among them: English titles begin with them."""

_INITIALS = re.compile(r"(?<!\w)(?:[^\W\d_][.*]){2,}(?:[^\W\d_](?!\w))?")
_FRACTION = re.compile("(?=[¼½¾⅓⅔])")
_ELISION = re.compile(r"\bl'(?=\s*\w)")
_BETWEEN = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_WORD = re.compile(r"[^\W_]+")
_ALSO = re.compile(r"(?:^|,)\s*a\.?k\.?a\.?[\s:]+|/")
_CUT = re.compile(r":|\s-\s|\s/\s")
_DATED = re.compile(
    rf"(?P<title>.*[^\s,])(?:\s*\((?P<in_brackets>{YEAR})\)|(?:\s*,\s*|\s+)(?P<year>{YEAR}))\s*",
    re.DOTALL,
)
_BRACKETS = 5
"""The most brackets at a title's end that are read as names of their own."""

_CUTS = 5
"""The most colons and dashes of a title that it is cut at."""


def normalised(title: str) -> str:
    """A title's spelling to compare by: words in lower case, with single spaces between them.

    Accents, punctuation and capitals do not count; an article at the end comes to the front; "&" is
    "and"; initials are one word ("L.A." is "la"); a Roman numeral behind the first word is a number,
    and a number is a word of its own ("Jungle2Jungle" is "jungle 2 jungle"). A title of signs alone
    keeps them ("$"). What is normalised stays as it is when normalised again.

    Args:
        title: A title, without its year.

    Example:
        >>> normalised("City of Lost Children, The (Cité des enfants perdus, La)")
        'the city of lost children la cite des enfants perdus'
        >>> normalised("Rocky II") == normalised("rocky 2")
        True
    """
    folded = _folded(title)
    return _words(*_segments(folded)) or _spelled(folded)


def with_articles_in_front(title: str) -> str:
    """A title as one would say it: the article that MovieLens moves to the end is in front again.

    Args:
        title: A title, without its year.

    Example:
        >>> with_articles_in_front("City of Lost Children, The (Cité des enfants perdus, La)")
        'The City of Lost Children (La Cité des enfants perdus)'
    """
    parts, depth = re.split(r"([()])", title), 0
    for place, part in enumerate(parts):
        depth += (part == "(") - (part == ")")
        articles = _FRONTED_IN_BRACKETS if depth else _FRONTED
        parts[place] = "".join(_said(name, articles) for name in _ALSO_CALLED.split(part))
    return "".join(parts)


def _said(name: str, articles: set[str]) -> str:
    """A name with its article in front, and with the blanks around it as they were."""
    bare = name.strip()
    rest, comma, article = (part.strip() for part in bare.rpartition(","))
    if not (comma and rest and article in articles):
        return name
    before, after = name[: len(name) - len(name.lstrip())], name[len(name.rstrip()) :]
    return f"{before}{article}{'' if article.endswith(chr(39)) else ' '}{rest}{after}"


def names_of(title: str) -> tuple[str, ...]:
    """All names that a film's title holds, normalised: its own first, then those in brackets.

    Args:
        title: A title as MovieLens writes it, without its year.

    Returns:
        Different names, the last the whole title with its brackets.

    Example:
        >>> names_of("Hard 8 (a.k.a. Sydney, a.k.a. Hard Eight)")
        ('hard 8', 'sydney', 'hard eight', 'hard 8 sydney hard eight')
    """
    main, *others = segments = _segments(_folded(title))
    # A single letter in brackets tells films of one year apart, and is no name: "(I)".
    names = [_spelled(main), *(name for name in map(_spelled, others) if len(name) > 1)]
    return tuple(dict.fromkeys([*names, _words(*segments) or names[0]]))


def parts_of(title: str) -> tuple[str, ...]:
    """What may stand for a title that has a colon or a dash: each beginning and each end, normalised.

    Args:
        title: A title, without its year.

    Returns:
        The parts but the whole; none for a title without a colon or dash.

    Example:
        >>> parts_of("Star Wars: Episode V - The Empire Strikes Back")[-1]
        'the empire strikes back'
    """
    main = _fronted(_segments(_folded(title))[0])
    cuts = [cut.span() for cut in islice(_CUT.finditer(main), _CUTS)]
    parts = [part for start, end in cuts for part in (main[:start], main[end:])]
    return tuple(dict.fromkeys(words for part in parts if len(words := _words(part)) > 1))


def without_article(name: str) -> str:
    """A normalised title without the article in front, if anything is left then.

    Example:
        >>> without_article("the matrix"), without_article("the")
        ('matrix', 'the')
    """
    return _ARTICLE.sub("", name, count=1) if _ARTICLE.match(name) else name


def split_year(text: str) -> tuple[str, int | None]:
    """A title and the year behind it: "Heat (1995)", "Heat, 1995" or "Heat 1995".

    Whether a bare number is a year only the catalogue knows: "Blade Runner 2049" is a title.

    Args:
        text: A title, with or without a year.

    Returns:
        The title without the year, and the year; the text and `None` where there is none, or where
        nothing else is there.
    """
    found = _DATED.fullmatch(text)
    if found is None:
        return text.strip(), None
    return found["title"].strip(), int(found["in_brackets"] or found["year"])


def _folded(text: str) -> str:
    """Text without accents and capitals. Twice, since a capital may hide what comes apart."""
    text = html.unescape(text)  # MovieLens has "&#8230;" in a title
    if text.isascii():
        return text.replace("`", "'").casefold().strip()
    text = _FRACTION.sub(" ", text.translate(_APOSTROPHES))
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text).casefold()
        text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return text.translate(_LETTERS).strip()


def _segments(folded: str) -> list[str]:
    """A folded title without the brackets at its end, then each name that stands in one."""
    names: list[str] = []
    for _ in range(_BRACKETS):
        opening = folded.rfind("(")
        if opening < 1 or not folded.endswith(")") or folded.find(")", opening) != len(folded) - 1:
            break
        names[:0] = [name for name in _ALSO.split(folded[opening + 1 : -1]) if name.strip()]
        folded = folded[:opening].rstrip()
    return [folded, *names]


def _fronted(name: str) -> str:
    """A folded name with the article that stands at its end in front."""
    moved = _MOVED.fullmatch(name)
    return f"{moved['article']} {moved['rest']}" if moved else name


def _spelled(name: str) -> str:
    return _words(name) or " ".join(name.split())


def _words(*names: str) -> str:
    text = " ".join(map(_fronted, names)).replace("&", " and ")
    text = _INITIALS.sub(lambda found: re.sub("[.*]", "", found[0]), text)
    text = _ELISION.sub("l ", text).replace("'", "")
    words = _WORD.findall(_BETWEEN.sub(" ", text))
    return " ".join([*words[:1], *(_ROMAN.get(word, word) for word in words[1:])])
