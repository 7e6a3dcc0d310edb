"""Films as MovieLens writes their titles, with what is hard about titles in them."""

from __future__ import annotations

import pandas as pd

from space.titles.search import FilmSearch
from tests.builders import movie_table

FILMS = (
    (1, "Toy Story", 1995, 2077),
    (2, "Toy Story 2", 1999, 1585),
    (3, "Heat", 1995, 940),
    (4, "Heathers", 1989, 706),
    (5, "Body Heat", 1981, 473),
    (6, "Matrix, The", 1999, 2590),
    (7, "Titanic", 1997, 1546),
    (8, "Titanic", 1953, 93),
    (9, "Seven (a.k.a. Se7en)", 1995, 1137),
    (10, "City of Lost Children, The (Cité des enfants perdus, La)", 1995, 403),
    (11, "Professional, The (a.k.a. Leon: The Professional)", 1994, 1000),
    (12, "Star Wars: Episode IV - A New Hope", 1977, 2991),
    (13, "Star Wars: Episode V - The Empire Strikes Back", 1980, 2990),
    (14, "Rocky", 1976, 811),
    (15, "Rocky II", 1979, 426),
    (16, "Alien³", 1992, 600),
    (17, "L.A. Confidential", 1997, 2288),
    (18, "Blade Runner", 1982, 1800),
    (19, "Postman, The", 1997, 300),
    (20, "Postino, Il (The Postman)", 1994, 500),
    (21, "Avventura, L' (a.k.a. Adventure, The)", 1960, 60),
    (22, "Misérables, Les", 1998, 400),
    (23, "Misérables, Les", 1995, 200),
    (24, "Boot, Das (The Boat)", 1981, 700),
    (25, "8 1/2", 1963, 250),
    (26, "2001: A Space Odyssey", 1968, 1716),
    (27, "Dune", 1984, 500),
    (28, "Communion (a.k.a. Alice, Sweet Alice/Holy Terror)", 1977, 50),
    (29, "King Kong vs. Godzilla (Kingukongu tai Gojira)", 1962, 90),
    (30, "Three Colors: Red", 1994, 650),
    (31, "Chasing Amy", 1997, 30),
    (32, "Chasing Amy", 1997, 1000),
    (33, "Unknown Year", None, 5),
    (34, "$ (Dollars)", 1971, 10),
    (35, "Romeo & Juliet", 1996, 300),
    (36, "Godfather: Part II, The", 1974, 1692),
    (37, "M*A*S*H", 1970, 900),
    (38, "M", 1931, 200),
    (39, "Die Hard", 1988, 1100),
    (40, "And God Created Woman (Et Dieu&#8230;Créa la Femme)", 1956, 40),
)
"""Ids, titles, years and numbers of ratings."""

IDS = {(title, year): movie_id for movie_id, title, year, _ in reversed(FILMS)}
"""The id of each film, by title and year."""


def known_movies() -> pd.DataFrame:
    """The films as a bundle has them."""
    movies = movie_table(
        {"movie_id": movie_id, "title": title, "year": year, "genres": ["Drama"]}
        for movie_id, title, year, _ in FILMS
    )
    return movies.assign(rating_count=[count for *_, count in FILMS])


def known_search() -> FilmSearch:
    return FilmSearch(known_movies())
