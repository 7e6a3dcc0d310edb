"""Two thousand calls that nobody would make: every failure is told in words, and the server stays up.

The catalogue is hostile as well: its titles are formulas and markup. Gradio's own 500s, which are for
`/run` alone, are not asked for.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from space.recommender import MovieRecommender
from tests.builders import tiny_movielens
from tests.end_to_end.programs import Answer, call, join, plain, use_tool
from tests.end_to_end.test_api import near
from tests.exports import Run, export_tiny
from tests.server import process_of, running_app, wait_for
from tests.space.page.pages import values

CALLS, EVENTS, TOOLS = 700, 700, 600
AT_ONCE = 4
"""Calls that are made at once; each of hypothesis's examples is as many."""

GROWTH_MIB = 100
"""By how much the server's memory may grow over all of them."""

MARKUP = "<img src=x onerror=alert(1)>"
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TITLES = (MARKUP, '=HYPERLINK("x")', "+1", "-1+1", "@SUM(A1)", "\tTab", "\rReturn", "“</script>")

FILE = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
FILMS = st.integers(0, 39).map(lambda place: 3 * place + 1)
TEXTS = st.sampled_from(
    (
        "", " ", MARKUP, "=1+1", "+1", "-1", "@x", "\t=1", "\x00", "\U0001f3ac", "²", "７", "null",
        "NaN", "1" * 5_000, "x" * 300, "x" * 100_000, "x" * 1_000_000, "../../etc/passwd",
        "{0.__class__}", "%s%n", "__type__", "update", "Heat (1995)", "7",
    )
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-5, 130),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from((10**18, -(10**18), 2**63, 1e308, -0.0, 1.0, True)),
)
SMALL = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, st.text(max_size=20))
NESTED = st.recursive(
    SMALL,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
LONG = st.sampled_from(
    ([1] * 10_000, list(range(10_000)), [4] * 10_000, [None] * 10_000, [[4]] * 50, [MARKUP] * 200)
)
UNREADABLE = st.sampled_from(
    (
        float("nan"), float("inf"), -float("inf"), 2**64, -(2**64), 10**30, 10**400, "\ud800",
        ["a\udfff"], FILE, [FILE], {"value": FILE}, {"__type__": "update", "value": 1},
        *(json.loads("[" * depth + "]" * depth) for depth in (50, 200, 260, 900)),
    )
)  # fmt: skip
WILD = st.one_of(SMALL, NESTED, SMALL, NESTED, LONG, UNREADABLE)


def or_wild(sensible: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what makes sense, and sometimes what makes none."""
    return st.one_of(sensible, sensible, sensible, WILD)


SENSIBLE: dict[str, st.SearchStrategy[Any]] = {
    # What the page remembers of itself has no id.
    "": st.sampled_from(("loaded", "loaded", "films", "person", "months", "check", "about")),
    "language": st.sampled_from(("en", "ko")),
    "way": st.sampled_from(("you", "user")),
    "user": st.integers(1, 30) | st.integers(1, 30).map(str),
    "user_id": st.none() | st.integers(1, 30),
    "movie_id": FILMS,
    "query": st.sampled_from(TITLES) | st.text(max_size=30),
    "gender": st.sampled_from((None, "", "F", "M")),
    "age": st.sampled_from((None, "", "25-34", "56+")),
    "occupation": st.sampled_from((None, "", "farmer", "writer")),
    "year": st.none() | st.integers(1995, 2005),
    "month": st.none() | st.integers(1, 12),
    "match": st.sampled_from(("any", "all")),
    "from_year": st.none() | st.integers(1930, 2000),
    "to_year": st.none() | st.integers(1930, 2000),
    "exclude_seen": st.booleans(),
    "k": st.integers(1, 100),
    "familiarity": st.floats(-1, 1),
    "diversity": st.floats(0, 1),
    **dict.fromkeys(("genres", "exclude_genres"), st.lists(st.sampled_from(("Comedy", "Drama")))),
    **dict.fromkeys(
        ("likes", "dislikes", "liked", "disliked", "hidden"), st.lists(FILMS, max_size=5)
    ),
    "own-text": st.sampled_from(("Heat (1995) 4\n" + MARKUP, MARKUP * 20, "=1,1999,5")),
    "other-year": st.sampled_from(("", "2001", 2001)),
    "other-month": st.none() | st.integers(1, 12),
}
"""What makes sense of an argument or a control, by its name or id."""

PRESSED = st.one_of(
    st.fixed_dictionaries({"film": or_wild(FILMS)}),
    st.fixed_dictionaries(
        {"filter": or_wild(st.sampled_from(("genres", "all", "match", "seen", "hidden")))}
    ),
    st.fixed_dictionaries({"genre": or_wild(st.sampled_from(("Comedy", "Sci-Fi")))}),
    st.fixed_dictionaries(
        {"file": or_wild(st.sampled_from(("TmFtZSxZZWFyCkhlYXQsMTk5NQo=", "!", "eA==")))},
        optional={"choices": or_wild(st.lists(st.none() | FILMS))},
    ),
    st.fixed_dictionaries(
        {"text": or_wild(SENSIBLE["own-text"])}, optional={"choices": or_wild(st.lists(FILMS))}
    ),
    WILD,
)


@dataclass(frozen=True)
class Served:
    """The server, and what is known of it."""

    address: str
    log: Path
    recommender: MovieRecommender
    events: tuple[dict[str, Any], ...]
    """All events, those that the page keeps to itself among them."""
    components: dict[int, dict[str, Any]]
    parameters: dict[str, tuple[str, ...]]
    """The names of each endpoint's arguments."""
    resident: int
    """Bytes before the first call that makes no sense."""

    def at_once(self, make: Callable[[httpx.Client, Any], Answer], asked: Any) -> list[Answer]:
        """The answers to some calls at once."""
        with (
            httpx.Client(base_url=self.address, timeout=60) as client,
            ThreadPoolExecutor(AT_ONCE) as threads,
        ):
            return list(threads.map(lambda each: make(client, each), asked))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of films whose titles are formulas and markup."""
    data = tiny_movielens()
    titles = [f"{TITLES[at % len(TITLES)]} {at}" for at in range(len(data.movies))]
    return export_tiny(
        tmp_path_factory.mktemp("hostile"), replace(data, movies=data.movies.assign(title=titles))
    )


@pytest.fixture(scope="module")
def served(hostile: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    log = tmp_path_factory.mktemp("served") / "log"
    dataset = ("--dataset", str(hostile.dataset))
    with running_app("--bundle", str(hostile.bundle), *dataset, log=log) as address:
        wait_for(address, "loaded")
        config = httpx.get(f"{address}/config").json()
        told = httpx.get(f"{address}/gradio_api/info").json()["named_endpoints"]
        with httpx.Client(base_url=address, timeout=60) as client:
            for user in range(1, 31):
                assert call(client, "recommend", [user]).values
                assert use_tool(client, "recommend", {"user_id": user}).values
        yield Served(
            address,
            log,
            MovieRecommender.load(hostile.bundle, hostile.dataset),
            tuple(config["dependencies"]),
            {each["id"]: each for each in config["components"]},
            {
                name.removeprefix("/"): tuple(
                    each["parameter_name"] for each in endpoint["parameters"]
                )
                for name, endpoint in told.items()
            },
            process_of(address).memory_info().rss,
        )


def check_told(answer: Answer) -> None:
    """A failure is told in words."""
    assert answer.status in (200, 400, 404, 413, 422), answer
    if answer.status == 422 and isinstance(answer.said, list):
        # What is wrong with the body's own parts, as FastAPI tells it.
        assert all(each["msg"] for each in answer.said)
    elif answer.said is not None:
        assert isinstance(answer.said, str), answer
        assert re.search(r"\w+\W+\w+\W+\w+", answer.said), answer
        assert "Error" not in answer.said, answer
        assert "not foreseen" not in answer.said, answer
        # The protocol itself tells of what has not the type that a tool names, and repeats all of it.
        assert len(answer.said) < 1_500 or answer.said.startswith("Input validation error: ")
    else:
        assert answer.values is not None


def drawn(draw: st.DrawFn, names: Sequence[str]) -> list[Any]:
    """Values for some arguments or controls, all but two of which make sense: so far comes a handler."""
    wild = draw(st.sets(st.integers(0, max(len(names) - 1, 0)), max_size=2))
    return [
        draw(WILD if place in wild else SENSIBLE.get(name, SMALL))
        for place, name in enumerate(names)
    ]


def drawn_list(draw: st.DrawFn, names: Sequence[str]) -> list[Any]:
    """The same, and sometimes one too few or too many."""
    data, change = drawn(draw, names), draw(st.sampled_from((0,) * 16 + (-1, 1, 3)))
    return data[:change] if change < 0 else [*data, *[7] * change]


def drawn_names(draw: st.DrawFn, names: Sequence[str]) -> list[str]:
    """The names of some arguments, most often with those that are needed."""
    needed = [name for name in names if name in ("movie_id", "query")]
    chosen = draw(st.lists(st.sampled_from((*names, "k")), unique=True))
    more = draw(st.sampled_from(([],) * 9 + (["no_such"],)))
    return [*dict.fromkeys([*needed, *chosen, *more])] if draw(st.booleans()) else chosen


def of_one_size(calls: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(*[calls] * AT_ONCE)


@settings(max_examples=CALLS // AT_ONCE, deadline=None)
@given(data=st.data())
def test_calls_of_the_api(served: Served, data: st.DataObject) -> None:
    @st.composite
    def calls(draw: st.DrawFn) -> tuple[str, Any]:
        endpoint, names = draw(st.sampled_from(sorted(served.parameters.items())))
        form = draw(st.sampled_from(("list",) * 6 + ("named",) * 5 + ("wild",)))
        if form == "named":
            given_names = drawn_names(draw, names)
            return f"v2/{endpoint}", dict(zip(given_names, drawn(draw, given_names), strict=True))
        if form == "wild":
            return endpoint, draw(WILD)
        return endpoint, drawn_list(draw, names)

    asked = data.draw(of_one_size(calls()))
    for answer in served.at_once(lambda client, each: call(client, *each), asked):
        check_told(answer)


@settings(max_examples=EVENTS // AT_ONCE, deadline=None)
@given(data=st.data())
def test_events_of_the_page(served: Served, data: st.DataObject) -> None:
    numbers = [event["id"] for event in served.events]
    # What happens in the browser alone is refused at once.
    run = [event["id"] for event in served.events if event["backend_fn"]]

    @st.composite
    def events(draw: st.DrawFn) -> tuple[Any, Any, Any, Any]:
        number = draw(st.one_of(*[st.sampled_from(run)] * 9, st.sampled_from(numbers)))
        inputs = served.events[number]["inputs"]
        ids = [served.components[each]["props"].get("elem_id") or "" for each in inputs]
        trigger = draw(st.none() | st.sampled_from(sorted(served.components)) | st.integers(-1, 9))
        if draw(st.integers(0, 29)) == 0:
            return draw(WILD), draw(WILD), draw(PRESSED), draw(WILD)
        return number, drawn_list(draw, ids), draw(PRESSED), trigger

    asked = data.draw(of_one_size(events()))
    answers = served.at_once(lambda client, each: join(client, *each), asked)
    for (number, *_), answer in zip(asked, answers, strict=True):
        check_told(answer)
        if answer.status != 200 or served.events[number]["api_visibility"] != "private":
            continue
        if answer.values is None:
            assert MARKUP not in answer.said, "the page shows what failed as markup"
        else:
            check_shown(served, number, answer.values)


def check_shown(served: Served, number: int, outputs: list[Any]) -> None:
    """What is shown as markup is escaped, and the file holds no formula."""
    event = served.events[number]
    for component, value in zip(event["outputs"], outputs, strict=True):
        if served.components[component]["type"] in ("html", "markdown"):
            shown = value.get("value") if isinstance(value, dict) else value
            assert MARKUP not in str(shown)
    if event["api_name"] == "csv":
        cells = [cell for row in csv.reader(StringIO(outputs[0], newline="")) for cell in row]
        assert cells
        assert not any(cell.startswith(FORMULAS) for cell in cells)


@settings(max_examples=TOOLS // AT_ONCE, deadline=None)
@given(data=st.data())
def test_calls_of_tools(served: Served, data: st.DataObject) -> None:
    @st.composite
    def calls(draw: st.DrawFn) -> tuple[Any, Any]:
        tool, names = draw(st.sampled_from(sorted(served.parameters.items())))
        if draw(st.integers(0, 19)) == 0:
            return draw(SMALL), draw(WILD)
        given_names = drawn_names(draw, names)
        return tool, dict(zip(given_names, drawn(draw, given_names), strict=True))

    def use(client: httpx.Client, asked: tuple[Any, Any]) -> Answer:
        answer = use_tool(client, *asked)
        # Gradio's server asks itself over HTTP, and waits for five seconds, which can be too few
        # beside other tests. Its client then says so, or gives up without a word.
        return use_tool(client, *asked) if answer.said in ("timed out", "") else answer

    asked = data.draw(of_one_size(calls()))
    for answer in served.at_once(use, asked):
        check_told(answer)


def test_the_file_of_a_hostile_catalogue_holds_no_formula(served: Served) -> None:
    event = next(each for each in served.events if each["api_name"] == "csv")
    with httpx.Client(base_url=served.address, timeout=60) as client:
        answer = join(client, event["id"], values(k=40, familiarity=0.5))
    check_shown(served, event["id"], answer.values)
    titles = [row[2] for row in csv.reader(StringIO(answer.values[0], newline=""))][1:]
    listed = served.recommender.recommend_for(k=40, familiarity=0.5)["title"]
    assert [title.removeprefix("'") for title in titles] == list(listed)
    assert any(title.startswith("'=HYPERLINK") for title in titles)


def test_afterwards_the_server_answers_rightly_and_has_not_grown(served: Served) -> None:
    with httpx.Client(base_url=served.address, timeout=60) as client:
        for user in (1, 7, 30):
            right = near(plain(served.recommender.recommend(user, k=7)))
            named = {"user_id": user, "k": 7}
            assert call(client, "v2/recommend", named).values == [right]
            assert use_tool(client, "recommend", named).values == right
    assert httpx.get(f"{served.address}/healthz").json()["model"] == "loaded"
    log = served.log.read_text()
    assert "Traceback" not in log, log[-5_000:]
    grown = (process_of(served.address).memory_info().rss - served.resident) / 2**20
    assert grown < GROWTH_MIB
