"""Titles in one spelling."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from space.titles.names import (
    names_of,
    normalised,
    parts_of,
    split_year,
    with_articles_in_front,
    without_article,
)

TITLES = st.text(st.characters(), max_size=60) | st.text(
    "ab iIvVxX,.'’*&()/:-$1½³’lLthe&#;Éßø", max_size=40
)
"""Any text, and text of what titles are made of."""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Matrix, The", "The Matrix"),
        ("Misérables, Les", "les miserables"),
        ("Cité des enfants perdus, La", "La cité des enfants perdus"),
        ("Avventura, L'", "L’Avventura"),
        ("Avventura, L'", "L'avventura"),
        ("Mariachi, El", "El Mariachi"),
        ("Boot, Das", "DAS BOOT"),
        ("Bewegte Mann, Der", "Der bewegte Mann"),
        ("American Werewolf in London, An", "An American Werewolf in London"),
        ("Godfather: Part II, The", "The Godfather Part II"),
        ("Rocky II", "rocky 2"),
        ("Friday the 13th Part VII: The New Blood", "Friday the 13th, Part 7 - The New Blood"),
        ("Alien³", "Alien 3"),
        ("Jungle2Jungle", "Jungle 2 Jungle"),
        ("8 1/2", "8½"),
        ("Naked Gun 33 1/3: The Final Insult", "Naked Gun 33⅓: The Final Insult"),
        ("L.A. Confidential", "LA Confidential"),
        ("M*A*S*H", "MASH"),
        ("Oscar & Lucinda", "Oscar and Lucinda"),
        ("Schindler's List", "Schindler’s List"),
        ("Et Dieu&#8230;Créa la Femme", "Et Dieu… créa la femme"),
        ("Kjærlighetens kjøtere", "Kjaerlighetens kjotere"),
        ("Straße, Die", "Die Strasse"),
        ("WALL·E", "wall-e"),
        ("Mélodie en sous-sol ", "Melodie en sous sol"),
    ],
)
def test_two_ways_to_write_a_title_are_one(written: str, meant: str) -> None:
    assert normalised(written) == normalised(meant)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("Toy Story", "Toy Story 2"),
        ("Matrix, The", "Matrix"),
        ("Malcolm X", "Malcolm 10"),
        ("X-Men", "10-Men"),
        ("Girl, Interrupted", "Interrupted Girl"),
        ("I, Robot", "1 Robot"),
        ("$", "$$"),
    ],
)
def test_titles_that_differ_stay_apart(one: str, another: str) -> None:
    assert normalised(one) != normalised(another)


def test_what_comes_out_is_words_in_lower_case() -> None:
    title = "City of Lost Children, The (Cité des enfants perdus, La)"
    assert normalised(title) == "the city of lost children la cite des enfants perdus"
    assert normalised("Rocky II") == "rocky 2"
    assert normalised("  ...And Justice   for All ") == "and justice for all"
    assert normalised("기생충") == normalised(" 기생충!")
    assert normalised("$") == "$"
    assert normalised("") == ""


@given(TITLES)
@example("ǅ")
@example("$ (Dollars)")
@example("the the, The (L' (a.k.a. ii, The))")
def test_what_is_normalised_stays_so(title: str) -> None:
    for name in (normalised(title), *names_of(title), *parts_of(title)):
        assert normalised(name) == name


@given(TITLES)
def test_capitals_and_space_around_do_not_count(title: str) -> None:
    assert normalised(f"  {title} ") == normalised(title)
    ascii_title = title.encode("ascii", "ignore").decode()
    assert normalised(ascii_title.upper()) == normalised(ascii_title.lower())


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Heat", ["heat"]),
        ("Seven (a.k.a. Se7en)", ["seven", "se 7 en", "seven se 7 en"]),
        ("Hard 8 (a.k.a. Sydney, a.k.a. Hard Eight)", ["hard 8", "sydney", "hard eight"]),
        ("Communion (a.k.a. Alice, Sweet Alice/Holy Terror)", ["alice sweet alice", "holy terror"]),
        ("Hate (Haine, La)", ["hate", "la haine", "hate la haine"]),
        ("Convent, The (Convento, O)", ["the convent", "o convento"]),
        ("(500) Days of Summer", ["500 days of summer"]),
        ("Dr. Who (a.k.a. X) (Le docteur)", ["dr who", "le docteur"]),
        ("$ (Dollars)", ["$", "dollars"]),
    ],
)
def test_a_film_has_its_own_name_and_those_in_brackets(title: str, names: list[str]) -> None:
    assert set(names) <= set(names_of(title))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Matrix, The", "The Matrix"),
        ("Hate (Haine, La)", "Hate (La Haine)"),
        ("Avventura, L' (a.k.a. Adventure, The)", "L'Avventura (a.k.a. The Adventure)"),
        ("X (a.k.a. Night, The, a.k.a. Day, A)", "X (a.k.a. The Night, a.k.a. A Day)"),
        ("Night, The (I)", "The Night (I)"),
        ("Wonderful, Horrible Life, The (Die Macht)", "The Wonderful, Horrible Life (Die Macht)"),
        ("Tin Drum, The (Blechtrommel, Die)", "The Tin Drum (Die Blechtrommel)"),
        ("Bye Bye, Love", "Bye Bye, Love"),
        ("What, Me Worry, I", "What, Me Worry, I"),
        ("Live, Die", "Live, Die"),
        ("Women, the", "Women, the"),
        (", The", ", The"),
        ("Love, etc.", "Love, etc."),
        ("The Matrix", "The Matrix"),
        ("", ""),
    ],
)
def test_articles_come_to_the_front(written: str, said: str) -> None:
    assert with_articles_in_front(written) == said


@given(
    st.from_regex(r"[A-Za-z]+( [A-Za-z]+){0,3}", fullmatch=True),
    st.sampled_from(["The", "A", "Les"]),
)
def test_a_title_is_found_however_its_article_stands(words: str, article: str) -> None:
    written = f"{words}, {article}"
    assert with_articles_in_front(written) == f"{article} {words}"
    assert names_of(with_articles_in_front(written)) == names_of(written)


@given(TITLES)
def test_articles_in_front_are_the_same_letters(title: str) -> None:
    said = with_articles_in_front(title)
    assert sorted("".join(said.split()).replace(",", "")) == sorted(
        "".join(title.split()).replace(",", "")
    )


@pytest.mark.parametrize("part", ["a, ", " ,", "(", "a.k.a. ", ", The"])
def test_long_lines_of_bad_files_take_no_time(part: str) -> None:
    with_articles_in_front("x" + part * 200_000 + "y")


def test_the_own_name_is_first_and_the_whole_title_last() -> None:
    assert names_of("Seven (a.k.a. Se7en)") == ("seven", "se 7 en", "seven se 7 en")
    assert names_of("Night, The (I)") == ("the night", "the night i")


@given(TITLES)
def test_there_is_always_a_name_and_the_last_is_the_whole(title: str) -> None:
    names = names_of(title)
    assert len(set(names)) == len(names) > 0
    assert names[-1] == normalised(title) or names[-1] == names[0]


def test_a_part_is_what_stands_before_or_behind_a_colon_or_dash() -> None:
    assert parts_of("Star Wars: Episode V - The Empire Strikes Back") == (
        "star wars",
        "episode 5 the empire strikes back",
        "star wars episode 5",
        "the empire strikes back",
    )
    assert parts_of("Naked Gun: From the Files of Police Squad!, The")[0] == "the naked gun"
    assert parts_of("X-Men") == ()
    assert parts_of("Heat") == ()
    assert len(parts_of(": ".join(["part"] * 60))) <= 10


def test_an_article_in_front_goes_if_something_is_left() -> None:
    assert without_article(normalised("Matrix, The")) == "matrix"
    assert without_article("la haine") == "haine"
    assert without_article("l avventura") == "avventura"
    assert without_article("the") == "the"
    assert without_article("theatre") == "theatre"
    assert without_article("die hard") == "die hard"


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("Heat (1995)", "Heat", 1995),
        ("Heat(1995)", "Heat", 1995),
        ("Heat, 1995", "Heat", 1995),
        ("Heat 1995 ", "Heat", 1995),
        ("Blade Runner 2049", "Blade Runner", 2049),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey", 1968),
        ("2001: A Space Odyssey", "2001: A Space Odyssey", None),
        ("1984", "1984", None),
        ("(1984)", "(1984)", None),
        ("Heat 1869", "Heat 1869", None),
        ("Heat 2101", "Heat 2101", None),
        ("Heat 19951", "Heat 19951", None),
        ("Heat1995", "Heat1995", None),
        ("", "", None),
    ],
)
def test_a_year_at_the_end_is_told_from_the_title(text: str, title: str, year: int | None) -> None:
    assert split_year(text) == (title, year)
