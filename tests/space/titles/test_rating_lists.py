"""Lists of rated titles that somebody pastes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from space.errors import ArgumentError
from space.titles.rating_lists import read_titles
from space.titles.rating_rows import MAX_BYTES, MAX_ROWS, OwnRating
from space.titles.rating_tables import read_csv
from tests.space.titles.known_films import FILMS


@pytest.mark.parametrize(
    ("line", "title", "year", "stars"),
    [
        ("Heat", "Heat", None, None),
        ("  Heat  ", "Heat", None, None),
        ("Heat (1995)", "Heat", 1995, None),
        ("Heat(1995)", "Heat", 1995, None),
        ("Heat, 1995", "Heat", 1995, None),
        ("Heat (1995) 4.5", "Heat", 1995, 4.5),
        ("Heat (1995), 4", "Heat", 1995, 4),
        ("Heat (1995): 4,5", "Heat", 1995, 4.5),
        ("Heat (1995) - 4", "Heat", 1995, 4),
        ("Heat (1995) ½", "Heat", 1995, 0.5),
        ("Heat, 1995, 4", "Heat", 1995, 4),
        ("Heat,1995,4,5", "Heat", 1995, 4.5),
        ("Heat; 1995; 4", "Heat", 1995, 4),
        ("Heat\t1995\t4", "Heat", 1995, 4),
        ("Heat, 4", "Heat", None, 4),
        ("Heat, 10", "Heat", None, 5),
        ("Heat 4/5", "Heat", None, 4),
        ("Heat (1995) 8/10", "Heat", 1995, 4),
        ("Heat, 1995: 70/100", "Heat", 1995, 3.5),
        ("Heat ★★★★½", "Heat", None, 4.5),
        ("Heat★★★☆☆", "Heat", None, 3),
        ("Heat (1995) 0", "Heat", 1995, None),
        ("- Heat (1995) 4", "Heat", 1995, 4),
        ("* Heat", "Heat", None, None),
        ("• Heat", "Heat", None, None),
        ("12. Heat", "Heat", None, None),
        ("3) Heat", "Heat", None, None),
        # What looks like a year or a rating and is the title's.
        ("Heat 1995", "Heat 1995", None, None),
        ("Blade Runner 2049", "Blade Runner 2049", None, None),
        ("Blade Runner 2049 (2017) 5", "Blade Runner 2049", 2017, 5),
        ("1984 (1984)", "1984", 1984, None),
        ("1984", "1984", None, None),
        ("2001: A Space Odyssey, 1968, 5", "2001: A Space Odyssey", 1968, 5),
        ("Toy Story 2", "Toy Story 2", None, None),
        ("Toy Story 2, 4", "Toy Story 2", None, 4),
        ("10 Things I Hate About You", "10 Things I Hate About You", None, None),
        ("Fahrenheit 9/11", "Fahrenheit 9/11", None, None),
        ("8 ½", "8 ½", None, None),
        ("Naked Gun 33 1/3", "Naked Gun 33 1/3", None, None),
        ("Matrix, The", "Matrix, The", None, None),
        ("Matrix, The (1999) 4", "Matrix, The", 1999, 4),
        ("*batteries not included", "*batteries not included", None, None),
        ('=HYPERLINK("http://x")', '=HYPERLINK("http://x")', None, None),
        ("<b>Heat</b>", "<b>Heat</b>", None, None),
    ],
)
def test_a_line_of_a_list_is_read(
    line: str, title: str, year: int | None, stars: float | None
) -> None:
    assert read_titles(line) == [OwnRating(title, year, stars)]


def test_a_list_keeps_its_order_and_leaves_out_empty_lines() -> None:
    listed = read_titles("\ufeffHeat\r\n\r\n   \n- Dune (1984)\nGigi")
    assert listed == [OwnRating("Heat"), OwnRating("Dune", 1984), OwnRating("Gigi")]


@pytest.mark.parametrize(("highest", "stars"), [("5", 4.0), ("6", 2.0), ("11", 0.5)])
def test_plain_ratings_are_out_of_the_least_scale_that_fits(highest: str, stars: float) -> None:
    # 4 is four of 5, two of 5 if out of 10, and less than the least there is if out of 100.
    listed = read_titles(f"Heat (1995) 4\nDune (1984) {highest}\nGigi (1958) 4/5")
    assert [row.stars for row in listed][::2] == [stars, 4.0]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Heat\nDune 7/5", "Line 2 should have a rating from 0 to 5. Received: '7/5'"),
        ("Heat (1995) 101", "Line 1 should have a rating from 0 to 100"),
        ("Heat\n" + "x" * 401, "Line 2 should be one film, at most 400 characters"),
        ("x" * 201, "Line 1 should have a title of at most 200 characters"),
        ("Heat\n" * (MAX_ROWS + 1), "at most 5,000 films"),
        ("x" * (MAX_BYTES + 1), "`text` should have at most 1,000,000 bytes"),
        ("é" * (MAX_BYTES // 2 + 1), "`text` should have at most 1,000,000 bytes"),
        (None, "`text` should be text or bytes. Received: NoneType"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint.replace("(", r"\(")) as refused:
        read_titles(text)
    assert len(str(refused.value)) < 250


def test_as_many_films_as_are_allowed_are_read() -> None:
    assert len(read_titles("Heat\n" * MAX_ROWS)) == MAX_ROWS


def test_a_table_that_is_pasted_as_a_list_is_read_as_a_() -> None:
    table = "Date,Name,Year,Letterboxd URI,Rating\n2023-01-05,Heat,1995,https://boxd.it/29nK,4.5\n"
    assert read_titles(table) == read_csv(table)
    assert read_titles("Name\tYear\nHeat\t1995") == [OwnRating("Heat", 1995)]


def outcome(
    content: str | bytes, read: Callable[[str | bytes], list[OwnRating]]
) -> tuple[list[OwnRating], str | None]:
    """What is read, and the words in which it is refused."""
    try:
        return read(content), None
    except ArgumentError as error:
        return [], str(error)


HOSTILE = st.text(st.characters()) | st.text("Heat,;\t\n\r\"'()19950★½/-0")


@given(HOSTILE | st.binary(), st.sampled_from([read_csv, read_titles]))
@example(b"\xff\xfe\x00", read_csv)
@example("Name,Rating\nHeat,\u0664/\u0665", read_csv)
@example("Name\n\x00", read_csv)
def test_whatever_comes_is_read_or_refused_in_words(
    content: str | bytes, read: Callable[[str | bytes], list[OwnRating]]
) -> None:
    rows, refused = outcome(content, read)
    assert refused is None or 0 < len(refused) < 500
    assert all(0 < len(row.title) <= 200 for row in rows)
    assert all(row.stars is None or 0.5 <= row.stars <= 5 for row in rows)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([title for _, title, *_ in FILMS]),
            st.integers(1870, 2100),
            st.integers(1, 10).map(lambda halves: halves / 2),
        ),
        min_size=1,
    ),
    st.sampled_from(["{} ({}) {}", "- {}, {}, {}", "{}\t{}\t{}", "7. {} ({}): {}/5"]),
)
def test_what_is_written_as_a_list_reads_back(
    rows: list[tuple[str, int, float]], line: str
) -> None:
    listed = "\n".join(line.format(title, year, f"{stars:g}") for title, year, stars in rows)
    assert read_titles(listed) == [OwnRating(*row) for row in rows]
