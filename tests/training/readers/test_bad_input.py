"""Damaged data names the file, the line and the value."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from tests.builders import (
    LAYOUTS,
    tiny_movielens,
    zipped,
)
from training.errors import DataError
from training.readers import read

DATA = tiny_movielens(users=5, movies=24)

FILES = {
    "ml-100k": ("u.data", "u.item", "u.user"),
    "ml-1m": ("ratings.dat", "movies.dat", "users.dat"),
    "ml-10m": ("ratings.dat", "movies.dat"),
    "csv": ("ratings.csv", "movies.csv"),
    "recbole": ("tiny.inter", "tiny.item", "tiny.user"),
}

ZEROS = "|0" * 18


def written(folder: Path, layout: str) -> Path:
    path = folder / layout
    path.mkdir()
    LAYOUTS[layout](DATA, path)
    return path


def append(file: Path, *lines: str) -> int:
    """Add lines at the end of a file and say which number the first of them has."""
    content = file.read_bytes()
    file.write_bytes(content + "".join(f"{line}\n" for line in lines).encode())
    return content.count(b"\n") + 1


@pytest.mark.parametrize(
    ("layout", "file", "line", "expected", "value"),
    [
        # Another number of columns.
        ("ml-100k", "u.data", "1\t1\t4", "4 columns", "1\t1\t4"),
        ("ml-100k", "u.item", "900|Heat (1995)", "24 columns", "900|Heat (1995)"),
        ("ml-100k", "u.user", "9|24|M|writer|85711|x", "5 columns", "9|24|M|writer|85711|x"),
        ("ml-1m", "ratings.dat", "1::1::4", "4 columns", "1::1::4"),
        ("ml-1m", "movies.dat", "900::Heat (1995)", "3 columns", "900::Heat (1995)"),
        ("ml-1m", "users.dat", "9::F::1::10", "5 columns", "9::F::1::10"),
        ("csv", "ratings.csv", "1,1,4,978300760,x", "4 columns", "1,1,4,978300760,x"),
        (
            "csv",
            "movies.csv",
            "900,Heat, The (1995),Drama",
            "3 columns",
            "900,Heat, The (1995),Drama",
        ),
        ("recbole", "tiny.inter", "1\t1\t4", "4 columns", "1\t1\t4"),
        # No number where one belongs.
        ("ml-100k", "u.data", "one\t1\t4\t978300760", "a whole number as user_id", "one"),
        ("ml-100k", "u.item", f"x|Heat (1995)||||0{ZEROS}", "a whole number as movie_id", "x"),
        ("ml-100k", "u.item", f"900|Heat||||2{ZEROS}", "genre flags of 0 or 1", f"2{ZEROS}"),
        ("ml-100k", "u.user", "9|old|M|writer|85711", "a whole number as age", "old"),
        ("ml-1m", "ratings.dat", "1::1::four::978300760", "a number as rating", "four"),
        (
            "ml-1m",
            "ratings.dat",
            "1::1::4::978300760.5",
            "a whole number as timestamp",
            "978300760.5",
        ),
        ("ml-1m", "ratings.dat", "1::1::4::", "a whole number as timestamp", ""),
        ("ml-1m", "users.dat", "9::F::1::21::48067", "an occupation from 0 to 20", 21),
        ("ml-10m", "ratings.dat", "1::1::nan::978300760", "a number as rating", "nan"),
        ("csv", "ratings.csv", "1,1,inf,978300760", "a number as rating", "inf"),
        ("csv", "ratings.csv", "1.5,1,4,978300760", "a whole number as user_id", "1.5"),
        ("csv", "movies.csv", "tt1,Heat (1995),Drama", "a whole number as movie_id", "tt1"),
        ("recbole", "tiny.inter", "1\t1\t4\tnow", "a number as timestamp", "now"),
        ("recbole", "tiny.user", "9\told\tM\t1\t85711", "a whole number as age", "old"),
        # A rating that the layout does not have.
        ("ml-100k", "u.data", "1\t1\t6\t978300760", "1 to 5 in steps of 1", 6.0),
        ("ml-100k", "u.data", "1\t1\t0\t978300760", "1 to 5 in steps of 1", 0.0),
        ("ml-1m", "ratings.dat", "1::1::3.5::978300760", "1 to 5 in steps of 1", 3.5),
        ("ml-10m", "ratings.dat", "1::1::5.5::978300760", "0.5 to 5 in steps of 0.5", 5.5),
        ("csv", "ratings.csv", "1,1,4.25,978300760", "0.5 to 5 in steps of 0.5", 4.25),
        ("csv", "ratings.csv", "1,1,0,978300760", "0.5 to 5 in steps of 0.5", 0.0),
        ("recbole", "tiny.inter", "1\t1\t-1\t978300760", "0.5 to 5 in steps of 0.5", -1.0),
        # A movie or a user that is not listed.
        ("ml-100k", "u.data", "1\t999\t4\t978300760", "a movie listed in ml-100k/u.item", 999),
        ("ml-100k", "u.data", "77\t1\t4\t978300760", "a user listed in ml-100k/u.user", 77),
        ("ml-1m", "ratings.dat", "1::999::4::978300760", "a movie listed in ml-1m/movies.dat", 999),
        ("ml-1m", "ratings.dat", "77::1::4::978300760", "a user listed in ml-1m/users.dat", 77),
        (
            "ml-10m",
            "ratings.dat",
            "1::999::4::978300760",
            "a movie listed in ml-10m/movies.dat",
            999,
        ),
        ("csv", "ratings.csv", "1,999,4,978300760", "a movie listed in csv/movies.csv", 999),
        ("recbole", "tiny.inter", "77\t1\t4\t9", "a user listed in recbole/tiny.user", 77),
        # Something listed twice.
        ("ml-1m", "movies.dat", "1::Heat (1995)::Drama", "a movie_id that is not listed before", 1),
        ("ml-1m", "users.dat", "5::F::1::10::48067", "a user_id that is not listed before", 5),
        ("csv", "movies.csv", "1,Heat (1995),Drama", "a movie_id that is not listed before", 1),
    ],
)
def test_a_bad_line_is_named_with_its_file_and_value(
    tmp_path: Path, layout: str, file: str, line: str, expected: str, value: str | float
) -> None:
    folder = written(tmp_path, layout)
    number = append(folder / file, line)
    with pytest.raises(DataError) as caught:
        read(folder)
    title, detail = str(caught.value).split("\n")
    assert title == f"{layout}/{file}: 1 bad line"
    assert detail.startswith(f"  line {number}: expected ")
    assert expected in detail
    assert detail.endswith(f", found {value!r}")


@pytest.mark.parametrize(
    ("count", "more"), [(5, None), (6, "  and 1 more"), (1205, "  and 1,200 more")]
)
def test_the_first_five_bad_lines_are_shown_and_how_many_more(
    tmp_path: Path, count: int, more: str | None
) -> None:
    folder = written(tmp_path, "csv")
    first = append(folder / "ratings.csv", *["1,1,9,978300760"] * count)
    with pytest.raises(DataError) as caught:
        read(folder)
    title, *details = str(caught.value).split("\n")
    assert title == f"csv/ratings.csv: {count:,} bad lines"
    assert [detail.split(":")[0] for detail in details[:5]] == [
        f"  line {first + i}" for i in range(5)
    ]
    assert details[5:] == ([more] if more else [])


def test_bad_lines_of_different_kinds_are_shown_in_the_order_of_the_file(tmp_path: Path) -> None:
    folder = written(tmp_path, "ml-1m")
    first = append(
        folder / "ratings.dat",
        "77::1::4::5",
        "1::999::4::5",
        "1::1::6::5",
        "1::1::5::5",
        "78::1::4::5",
    )
    with pytest.raises(DataError) as caught:
        read(folder)
    numbers = [int(number) for number in re.findall(r"line (\d+):", str(caught.value))]
    assert numbers == [first, first + 1, first + 2, first + 4]


def test_a_line_with_several_faults_counts_once(tmp_path: Path) -> None:
    folder = written(tmp_path, "ml-1m")
    number = append(folder / "ratings.dat", "77::999::6::5")
    with pytest.raises(DataError, match=r"ratings\.dat: 1 bad line\n") as caught:
        read(folder)
    assert str(caught.value).count(f"line {number}: expected ") == 3


@pytest.mark.parametrize(
    ("layout", "file"), [(layout, file) for layout, files in FILES.items() for file in files]
)
def test_an_empty_file_is_named(tmp_path: Path, layout: str, file: str) -> None:
    folder = written(tmp_path, layout)
    (folder / file).write_bytes(b"")
    with pytest.raises(DataError, match=f"^{re.escape(f'{layout}/{file}')}: .*(empty|expected)"):
        read(folder)


@pytest.mark.parametrize(
    ("layout", "file"),
    [(layout, file) for layout in ("csv", "recbole") for file in FILES[layout]],
)
def test_a_file_with_nothing_but_a_header_is_empty(tmp_path: Path, layout: str, file: str) -> None:
    path = written(tmp_path, layout) / file
    path.write_bytes(path.read_bytes().partition(b"\n")[0] + b"\n")
    with pytest.raises(DataError, match=f"^{re.escape(f'{layout}/{file}')}: the file is empty"):
        read(path.parent)


@pytest.mark.parametrize(
    ("layout", "file", "header", "named"),
    [
        ("csv", "ratings.csv", "user,movie,rating,timestamp", "userId,movieId,rating,timestamp"),
        ("csv", "movies.csv", "movieId,title", "movieId,title,genres"),
        ("recbole", "tiny.inter", "user_id:token\titem_id:token\tx\ty", "rating:float"),
        ("recbole", "tiny.item", "item_id:token\tx\ty\tz", "movie_title:token_seq"),
        ("recbole", "tiny.user", "id:token\ta\tb\tc\td", "user_id:token"),
    ],
)
def test_a_header_without_the_columns_is_named(
    tmp_path: Path, layout: str, file: str, header: str, named: str
) -> None:
    path = written(tmp_path, layout) / file
    path.write_bytes(header.encode() + b"\n" + path.read_bytes().partition(b"\n")[2])
    with pytest.raises(DataError, match=f"{file}: line 1: expected .*{re.escape(named)}.*found"):
        read(path.parent)


@pytest.mark.parametrize("kept", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_zip_is_an_error(tmp_path: Path, kept: float) -> None:
    path = zipped(written(tmp_path, "ml-1m"))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(DataError, match=r"ml-1m\.zip: expected a whole zip file.*Fetch it again"):
        read(path)


def test_a_zip_with_damaged_content_names_the_entry(tmp_path: Path) -> None:
    path = zipped(written(tmp_path, "ml-1m"))
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("ratings.dat")
    content = bytearray(path.read_bytes())
    middle = entry.header_offset + entry.compress_size // 2
    content[middle : middle + 40] = b"\xff" * 40
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"ml-1m\.zip/ratings\.dat: it cannot be read"):
        read(path)


@pytest.mark.parametrize(
    "name", ["../ratings.dat", "a/../../b", "/etc/passwd", "..\\b", "C:\\b", "\\\\host\\b", "C:b"]
)
def test_a_zip_entry_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = zipped(written(tmp_path, "ml-1m"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), "x")
    with pytest.raises(DataError, match=f"{re.escape(repr(name))} points outside of the zip"):
        read(path)


@pytest.mark.parametrize("name", [".", "a..b", "a/./b"])
def test_an_odd_entry_that_stays_inside_does_no_harm(tmp_path: Path, name: str) -> None:
    path = zipped(written(tmp_path, "ml-1m"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), "x")
    assert len(read(path).users) == len(DATA.users)
