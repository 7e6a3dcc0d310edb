"""The catalogues: the same keys in each, every key used, every text of the page in them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from space.errors import Said
from space.page.language import (
    CATALOGUES,
    LANGUAGES,
    label,
    language_of,
    text,
    value_label,
    value_text,
)
from space.stages import Stage
from tests.server import ROOT
from training.readers.ml_100k import GENRES
from training.readers.normalise import AGE_GROUPS, NO_GENRES, OCCUPATIONS

FOLDER = ROOT / "space" / "page"
HANGUL = re.compile("[가-힣]")

NAMES = {
    "API", "AUC", "EASE (Steck, 2019)", "MCP", "NDCG@10", "P(like)", "Python", "SF", "curl",
}  # fmt: skip
"""What Korean writes as English does, or with Latin letters."""

ML_100K_OCCUPATIONS = [
    "administrator",
    "artist",
    "doctor",
    "educator",
    "engineer",
    "entertainment",
    "executive",
    "healthcare",
    "homemaker",
    "lawyer",
    "librarian",
    "marketing",
    "none",
    "other",
    "programmer",
    "retired",
    "salesman",
    "scientist",
    "student",
    "technician",
    "writer",
]

LATEST_GENRES = [
    "Action",
    "Adventure",
    "Animation",
    "Children",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "IMAX",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
]

VALUES = {
    "gender": {"F", "M", "unknown"},
    "age": {*AGE_GROUPS, "unknown"},
    "occupation": {*OCCUPATIONS, *ML_100K_OCCUPATIONS, "unknown"},
    "genre": {*GENRES, *LATEST_GENRES, *NO_GENRES} - {""},
    "month": {str(month) for month in range(1, 13)},
}
"""Values of the data that have a name in each language."""

ENGINE = {f"{kind.family}.{code}" for kind in (Said, Stage) for code in kind.texts}
"""The keys of what the engine says."""

HOLE = "\0"


@cache
def modules() -> dict[Path, ast.Module]:
    """The page's modules."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.py")}


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path, module in modules().items():
        for node in ast.walk(module):
            yield path, node


def written(node: ast.AST) -> str | None:
    """A text as it is written, with a mark for each part that is not known; none if it is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (written(part) for part in node.values)
        return "".join(HOLE if part is None else part for part in parts)
    return None


def keys_asked() -> Iterator[tuple[str, str]]:
    """Where a text is asked for by a key, and the key, which may have holes."""
    places = {"label": 0, "text": 1}
    for path, node in nodes():
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in places and len(node.args) > places[node.func.id]:
            key = node.args[places[node.func.id]]
            choices = [key.body, key.orelse] if isinstance(key, ast.IfExp) else [key]
            for choice in choices:
                if (said := written(choice)) is not None:
                    yield f"{path.name}:{node.lineno}", said


def pattern(key: str) -> re.Pattern[str]:
    return re.compile("(.+)".join(re.escape(part) for part in key.split(HOLE)))


@cache
def literals() -> frozenset[str]:
    """Every text that stands in the page's code, or in what it takes names from."""
    sources = [*modules().values()]
    for path in (ROOT / "space").glob("*.py"):
        sources.append(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(
        node.value
        for module in sources
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@cache
def names() -> frozenset[str]:
    """Every name of a field or a variable: some keys are named as they are."""
    return frozenset(
        node.target.id
        for _, node in nodes()
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    )


def is_used(key: str) -> bool:
    """Whether the code asks for a key: as it is written, or by a pattern whose holes are known."""
    if key in literals() or key in names() or key in ENGINE:
        return True
    if key.partition(".")[2] in VALUES.get(key.partition(".")[0], ()):
        return True
    return any(
        all(part.isdecimal() or part in literals() | names() for part in found.groups())
        for _, said in keys_asked()
        if HOLE in said and (found := pattern(said).fullmatch(key))
    )


def places(said: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(said) if name is not None}


def test_all_languages_have_the_same_keys() -> None:
    for language in LANGUAGES:
        assert CATALOGUES[language].keys() == CATALOGUES["en"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_twice_in_a_catalogue(language: str) -> None:
    file = FOLDER / "catalogue" / f"{language}.json"
    pairs: list[tuple[str, str]] = json.loads(file.read_text("utf-8"), object_pairs_hook=list)
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys))


def test_what_the_engine_says_in_english_stands_in_the_engine_alone() -> None:
    file = json.loads((FOLDER / "catalogue" / "en.json").read_text("utf-8"))
    assert not ENGINE & file.keys()


def test_every_key_that_the_code_asks_for_is_there() -> None:
    asked = [*keys_asked()]
    missing = [
        (place, said)
        for place, said in asked
        if not any(pattern(said).fullmatch(key) for key in CATALOGUES["en"])
    ]
    assert len(asked) > 50
    assert missing == []


def test_what_looks_like_a_key_is_one() -> None:
    """Also where a key goes through a variable, on its way to the function that asks for it."""
    families = {key.partition(".")[0] for key in CATALOGUES["en"] if "." in key} - VALUES.keys()
    looks = re.compile(rf"({'|'.join(sorted(families))})(\.[a-z_]+)+")
    said = {written(node) or "" for _, node in nodes() if isinstance(node, ast.Constant)}
    assert {each for each in said if looks.fullmatch(each)} <= CATALOGUES["en"].keys()


def test_every_key_is_used() -> None:
    assert [key for key in CATALOGUES["en"] if not is_used(key)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_put_into_a_text_is_the_same_in_each_language(language: str) -> None:
    for key, said in CATALOGUES[language].items():
        assert places(said) == places(CATALOGUES["en"][key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_has_blanks_around_it(language: str) -> None:
    between = {"list.any", "list.all"}
    for key, said in CATALOGUES[language].items():
        assert said.strip(), key
        assert said == said.strip() or key in between, key


def test_korean_is_korean() -> None:
    without_places = (re.sub(r"\{[^}]*\}", "", said).strip() for said in CATALOGUES["ko"].values())
    latin = (said for said in without_places if re.search(r"[A-Za-z]", said))
    assert {said for said in latin if not HANGUL.search(said)} <= NAMES


def test_korean_speaks_to_a_visitor_in_one_style() -> None:
    """Sentences end in -습니다, -십시오 or -습니까, never in the style of a talk among friends."""
    for key, said in CATALOGUES["ko"].items():
        for sentence in re.findall(r"([가-힣]{2})[.?!](?=\s|$)", said):
            assert sentence in ("니다", "시오", "니까"), (key, sentence)


def test_emphasis_ends_where_markdown_lets_it() -> None:
    """An asterisk between a sign and a letter ends nothing, and would be shown (CommonMark, 6.2)."""
    found = {
        key
        for key, said in CATALOGUES["ko"].items()
        if re.search(r"[^\w\s*]\*+[가-힣]", re.sub(r"\{[^}]*\}", "7", said))
    }
    assert found == set()


def test_english_calls_genres_as_the_data_does() -> None:
    genres = {key for key in CATALOGUES["en"] if key.startswith("genre.")}
    assert all(CATALOGUES["en"][key] == key.removeprefix("genre.") for key in genres)


@pytest.mark.parametrize("kind", VALUES)
def test_every_value_of_the_data_sets_has_a_name(kind: str) -> None:
    known = {key.removeprefix(f"{kind}.") for key in CATALOGUES["en"] if key.startswith(f"{kind}.")}
    assert known == VALUES[kind]


def test_gradio_shows_no_text_of_the_code() -> None:
    """Labels and hints come of a catalogue: the code writes none of its own."""
    shown = {"label", "info", "placeholder", "title", "submit_btn", "desc", "message"}
    plain = []
    for path, node in nodes():
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "gr":
            given = [each.value for each in node.keywords if each.arg in shown]
            if node.func.attr in ("Button", "Markdown", "Tab", "Accordion", "Error", "HTML"):
                given += node.args[:1]
            for each in given:
                # Films that are named with their year are examples, in any language.
                said = re.sub(r"(?m)^.*\b(?:19|20)\d\d\b.*$", "", written(each) or "")
                if re.search(r"[A-Za-z가-힣]{2}", re.sub(r"<[^>]*>", "", said)):
                    plain.append(f"{path.name}:{node.lineno}: {said[:60]}")
    assert plain == []


def test_no_words_of_the_code_stand_in_html() -> None:
    plain = []
    for path, node in nodes():
        said = written(node) if isinstance(node, ast.JoinedStr) else None
        if said is None or "<" not in said:
            continue
        for words in re.findall(r"(?:^|>)([^<>]*)(?=<|$)", said):
            if "=" not in words and re.search(r"[A-Za-z가-힣]{2}", words):
                plain.append(f"{path.name}:{node.lineno}: {words}")
        for words in re.findall(r'(?:aria-label|title|alt)="([^"\0]*)', said):
            if words.strip():
                plain.append(f"{path.name}:{node.lineno}: {words}")
    assert plain == []


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("ko", "ko"),
        ("ko-KR", "ko"),
        ("KO-kr", "ko"),
        ("en-GB", "en"),
        ("de", "en"),
        ("", "en"),
        (None, "en"),
        (7, "en"),
        ("kok", "en"),
    ],
)
def test_a_tag_names_a_language_that_the_page_has(tag: object, language: str) -> None:
    assert language_of(tag) == language


def test_a_text_has_its_values_put_in() -> None:
    assert text("en", "card.score", score="93%") == "P(like) 93%"
    assert text("ko-KR", "card.hide.of", title="{Heat}") == "{Heat}: 숨기기"
    assert text("xx", "recommend") == text("en", "recommend")


def test_a_value_without_a_name_is_shown_as_it_is() -> None:
    assert value_text("ko", "genre", "Comedy") == "코미디"
    assert value_text("ko", "genre", "Telenovela") == "Telenovela"
    assert value_label("genre", "Telenovela") == "Telenovela"
    assert value_label("genre", "Comedy") != "Comedy"


def test_a_key_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        label("no such key")
    with pytest.raises(KeyError):
        text("en", "no such key")
