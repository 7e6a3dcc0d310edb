"""What programs get over plain HTTP and through gradio's own client, unmodified."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Page, expect

from space.page.serve import MAX_WAITING
from space.recommender import MovieRecommender
from tests.end_to_end.programs import API, Answer, call, join, plain
from tests.end_to_end.steps import open_page
from tests.exports import Run
from tests.server import running_app, wait_for

ENDPOINTS = (
    "recommend", "recommend_for", "similar_movies", "explain", "user_profile", "search_movies",
    "genres",
)  # fmt: skip


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served") / "log"


@pytest.fixture(scope="module")
def address(run: Run, log: Path) -> Iterator[str]:
    dataset = ("--dataset", str(run.dataset))
    with running_app("--bundle", str(run.bundle), *dataset, log=log) as served:
        wait_for(served, "loaded")
        yield served


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False)


@pytest.fixture
def http(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as opened:
        yield opened


def dependencies(http: httpx.Client) -> list[dict[str, Any]]:
    """The page's events, as its script knows them."""
    return list(http.get("/config").json()["dependencies"])


def expected(recommender: MovieRecommender) -> dict[str, tuple[dict[str, Any], Any]]:
    """For each endpoint arguments, and what it should answer."""
    filters: dict[str, Any] = {"year": 2002, "month": 3, "k": 4, "from_year": 1940}
    told: dict[str, Any] = {"liked": [4, 7], "disliked": [13], "gender": "F"}
    explained = recommender.explain(None, 7, gender="F")
    films = recommender.similar_movies(7, k=3)
    liked = recommender.liked(5).head(50)
    return {
        "recommend": (
            {"user_id": 4, **filters},
            plain(recommender.recommend(4, **filters)),
        ),
        "recommend_for": (
            {**told, **filters},
            plain(recommender.recommend_for(**told, **filters)),
        ),
        "similar_movies": ({"movie_id": 7, "k": 3}, plain(films)),
        "explain": (
            {"movie_id": 7, "gender": "F"},
            {
                "probability": round(explained.probability, 6),
                "logit": round(explained.logit, 6),
                "fields": [
                    {"field": name, "value": value, "change": round(float(change), 6)}
                    for name, value, change in zip(
                        explained.fields, explained.values, explained.change, strict=True
                    )
                ],
                "pairs": [
                    {
                        "first": pair.first,
                        "second": pair.second,
                        "attention": round(pair.attention, 6),
                    }
                    for pair in explained.strongest_pairs(known=True)
                ],
                "attention": explained.attention.round(6).tolist(),
            },
        ),
        "user_profile": (
            {"user_id": 5},
            {
                **{
                    name: list(value) if isinstance(value, tuple) else value
                    for name, value in recommender.profile(5).items()
                },
                "liked": plain(liked),
            },
        ),
        "search_movies": (
            {"query": recommender.bundle.movies["title"].iloc[0], "k": 2},
            plain(recommender.search_movies(recommender.bundle.movies["title"].iloc[0], k=2)),
        ),
        "genres": ({}, list(recommender.genres)),
    }


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_each_client_gets_what_the_model_answers(
    endpoint: str, client: Client, http: httpx.Client, recommender: MovieRecommender
) -> None:
    arguments, answer = expected(recommender)[endpoint]
    assert answer
    assert client.predict(**arguments, api_name=f"/{endpoint}") == near(answer)
    named = call(http, f"v2/{endpoint}", arguments)
    assert named == Answer(200, values=[near(answer)])
    parameters = client.view_api(return_format="dict")["named_endpoints"][f"/{endpoint}"]
    values = [
        arguments.get(each["parameter_name"], each["parameter_default"])
        for each in parameters["parameters"]
    ]
    assert call(http, endpoint, values) == Answer(200, values=[near(answer)])


def near(answer: Any) -> Any:
    """The same with numbers that may differ in their last digit, as float32 does between runs."""
    if isinstance(answer, dict):
        return {name: near(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [near(value) for value in answer]
    return pytest.approx(answer, abs=2e-5) if isinstance(answer, float) else answer


def test_a_film_of_unknown_year_has_none_and_years_are_whole(
    http: httpx.Client, recommender: MovieRecommender
) -> None:
    movies = recommender.bundle.movies
    unknown = movies.loc[movies["year"].isna(), "title"].iloc[0]
    films = call(http, "search_movies", [unknown, 10]).values[0]
    assert films[0]["year"] is None
    assert all(film["year"] is None or isinstance(film["year"], int) for film in films)


def test_pairs_of_an_explanation_are_of_what_is_known(http: httpx.Client) -> None:
    explained = call(http, "v2/explain", {"movie_id": 7}).values[0]
    known = {each["field"] for each in explained["fields"] if each["value"] != "unknown"}
    assert "age" not in known
    assert explained["pairs"]
    assert {each[end] for each in explained["pairs"] for end in ("first", "second")} <= known


def test_what_is_left_out_at_the_end_has_its_default(
    http: httpx.Client, recommender: MovieRecommender
) -> None:
    assert call(http, "recommend", []) == Answer(200, values=[near(plain(recommender.recommend()))])
    only = plain(recommender.recommend(3))
    assert call(http, "recommend", [3]) == Answer(200, values=[near(only)])
    assert call(http, "similar_movies", []).said == (
        "`movie_id` should be the id of a film in the catalogue. Received: None"
    )


def test_only_the_endpoints_are_told_of(client: Client, http: httpx.Client) -> None:
    told = client.view_api(return_format="dict")
    assert list(told["named_endpoints"]) == [f"/{name}" for name in ENDPOINTS]
    assert told["unnamed_endpoints"] == {}
    described = http.get(f"{API}/openapi.json").json()["paths"]
    assert {path.rpartition("/")[2] for path in described if "/call/" in path} <= {
        *ENDPOINTS,
        "{event_id}",
    }
    public = [each["api_name"] for each in dependencies(http) if each["api_visibility"] == "public"]
    assert public == [*ENDPOINTS]


def test_the_pages_own_events_cannot_be_called_by_the_client(
    client: Client, http: httpx.Client
) -> None:
    names = [each["api_name"] for each in dependencies(http) if each["api_visibility"] == "private"]
    assert "show" in names
    with pytest.raises(ValueError, match="Cannot find a function"):
        client.predict(api_name="/show")


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("recommend", {"user_id": 10**6}, "`user_id` should be one of the data set's"),
    ("recommend", {"k": 101}, "`k` should be a whole number from 1 to 100. Received: 101"),
    ("recommend", {"genres": ["Opera"]}, "`genres` should be among"),
    ("recommend", {"hidden": "<b>7</b>"}, "Received: '<b>7</b>'"),
    ("recommend", {"match": "none"}, '`match` should be "any" or "all". Received: \'none\''),
    ("recommend_for", {"liked": [7], "disliked": [7]}, "Received in both: 7"),
    ("recommend_for", {"liked": list(range(10_000))}, "`liked`"),
    ("similar_movies", {"movie_id": 2}, "`movie_id` should be the id of a film"),
    ("explain", {"movie_id": 7, "user_id": 3, "gender": "F"}, "of somebody new"),
    ("user_profile", {"user_id": "7"}, "`user_id` should be a whole number. Received: '7'"),
    (
        "search_movies",
        {"query": "x" * 1_000_000},
        "at most 262,144 bytes. Received: 1,000,0",
    ),
]


@pytest.mark.parametrize(("endpoint", "arguments", "said"), WRONG)
def test_each_client_is_told_in_a_sentence_what_is_wrong(
    endpoint: str,
    arguments: dict[str, Any],
    said: str,
    client: Client,
    http: httpx.Client,
    log: Path,
) -> None:
    with pytest.raises(AppError) as failure:
        client.predict(**arguments, api_name=f"/{endpoint}")
    told = str(failure.value)
    assert said in told
    assert len(told) < 700
    assert call(http, f"v2/{endpoint}", arguments).said == told
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize(
    ("endpoint", "data", "status", "said"),
    [
        ("no_such", [], 404, "There is no such endpoint"),
        ("v2/no_such", {}, 404, "There is no such endpoint"),
        ("v2/genres", {"k": 7}, 422, "There is no argument `k` here."),
        ("v2/user_profile", {}, 422, "`user_id` should be given: it has no default."),
        ("recommend", b"no JSON", 400, "should be JSON"),
        ("recommend", b'{"data": [NaN]}', 400, "should be JSON"),
        ("recommend", b'{"data": [1e999]}', 400, "should be JSON"),
        ("recommend", b'{"data": ["\\ud800"]}', 400, "should be JSON"),
        ("recommend", b'{"data": ' + b"[" * 900 + b"]" * 900 + b"}", 400, "should be JSON"),
        ("recommend", b" " * 3_000_000, 413, "at most 2,097,152 bytes. Received: 3,000,000"),
        ("genres", [1, 2], 200, "This takes 0 values. Received: 2"),
        ("show", [1], 200, "values. Received: 1"),
    ],
)
def test_a_request_that_cannot_be_meant_is_answered_in_words(
    endpoint: str, data: Any, status: int, said: str, http: httpx.Client, log: Path
) -> None:
    answer = (
        call(http, endpoint, data)
        if not isinstance(data, bytes)
        else _sent(http, f"{API}/call/{endpoint}", data)
    )
    assert answer.status == status
    assert said in answer.said
    assert "Traceback" not in log.read_text()


def _sent(http: httpx.Client, path: str, content: bytes) -> Answer:
    answered = http.post(path, content=content, headers={"content-type": "application/json"})
    return Answer(answered.status_code, said=answered.json()["detail"])


def test_a_session_has_no_long_name(http: httpx.Client) -> None:
    """Gradio remembers the names of thousands."""
    body = {"data": [], "fn_index": 0, "session_hash": "x" * 65}
    answered = http.post(f"{API}/queue/join", json=body)
    assert (answered.status_code, answered.json()["detail"]) == (
        400,
        "This name should have at most 64 characters.",
    )


def test_files_are_not_taken(http: httpx.Client, run: Run) -> None:
    answered = http.post(f"{API}/upload", files={"files": ("a.csv", b"Name,Year\nHeat,1995\n")})
    assert answered.status_code == 400
    secret = {"path": str(run.dataset / "ratings.parquet"), "meta": {"_type": "gradio.FileData"}}
    asked = {**secret, "path": "http://127.0.0.1:1/", "url": "http://127.0.0.1:1/"}
    refused = "Values should be text, numbers and lists: files are not taken."
    for file in (secret, asked):
        assert call(http, "search_movies", [file, 3]).said == refused
        for event in dependencies(http):
            if event["api_name"] in ("with_pick", "hide", "pick", "csv"):
                inputs: list[Any] = [[] for _ in event["inputs"]]
                assert join(http, event["id"], inputs, {"film": [file]}).said == refused
                assert join(http, event["id"], [[file], *inputs[1:]]).said == refused


def test_a_page_is_told_in_its_language(http: httpx.Client) -> None:
    event = next(each for each in dependencies(http) if each["api_name"] == "csv")
    short = join(http, event["id"], ["ko", "you"])
    assert short.said == f"여기에는 값 {len(event['inputs'])}개가 와야 합니다. 받은 수: 2"


def test_a_visitor_is_told_of_a_full_queue(tab: Page, address: str) -> None:
    open_page(tab, address)
    full = {"detail": f"Queue is full. Max size is {MAX_WAITING} and size is {MAX_WAITING}."}
    tab.route("**/queue/join*", lambda route: route.fulfill(status=503, json=full))
    tab.click("#recommend")
    expect(tab.locator(".toast-body")).to_contain_text("Too many visitors are waiting just now.")


def test_a_full_queue_is_told_in_words(
    run: Run, address: str, http: httpx.Client, recommender: MovieRecommender
) -> None:
    """As many at once as fill it, each for what nobody asked for before."""

    def ask(place: int) -> Answer:
        with httpx.Client(base_url=address, timeout=120) as own:
            return call(own, "recommend", [place % 30 + 1, 1900 + place % 200, place % 12 + 1])

    with ThreadPoolExecutor(6 * MAX_WAITING) as threads:
        answers = list(threads.map(ask, range(6 * MAX_WAITING)))
    refused = [answer for answer in answers if answer.said is not None]
    assert {answer.status for answer in refused} == {503}
    assert all(re.match(r"Queue is full\. Max size is \d+", each.said) for each in refused)
    assert all(answer.values[0] for answer in answers if answer.said is None)
    afterwards = call(http, "recommend", [4]).values[0]
    assert afterwards == near(plain(recommender.recommend(4)))
