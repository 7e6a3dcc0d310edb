"""Running the ranking graph, and refusing what is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper
from scipy.special import softmax

from space.affinities import AFFINITIES, affinities
from space.bundle import Bundle, read_bundle
from space.errors import BundleError
from space.graph import CHUNK_ROWS
from space.history import History
from space.ranker import Ranker
from space.ranking_files import PERSON
from tests.exports import LIKE, Run
from training.ranking.person import encode_persons


@pytest.fixture(scope="module")
def bundle(run: Run) -> Bundle:
    return read_bundle(run.bundle)


def ranker_of(bundle: Bundle, graph: Path | None = None, threads: int | None = None) -> Ranker:
    assert bundle.ranking is not None
    ranking = bundle.ranking if graph is None else replace(bundle.ranking, graph=graph)
    return Ranker(ranking, bundle.encoder, threads)


def shapes(**changes: Any) -> dict[str, tuple[list[Any], int]]:
    """The inputs that a ranking graph should take, but for some changes; `None` takes one away."""
    taken = {
        "person": ([1, len(PERSON)], TensorProto.INT32),
        "liked": ([1, 100], TensorProto.INT32),
        "recent": ([1, 20], TensorProto.INT32),
        "disliked": ([1, 50], TensorProto.INT32),
        "film": (["films"], TensorProto.INT32),
        "affinities": (["films", len(AFFINITIES)], TensorProto.FLOAT),
        **changes,
    }
    return {name: entry for name, entry in taken.items() if entry is not None}


def graph(path: Path, inputs: dict[str, tuple[list[Any], int]], output: str = "score") -> Path:
    """Write a graph whose one output is the film as a number."""
    first = "film" if "film" in inputs else next(iter(inputs))
    made = helper.make_graph(
        [helper.make_node("Cast", [first], [output], to=TensorProto.FLOAT)],
        "graph",
        [
            helper.make_tensor_value_info(name, kind, shape)
            for name, (shape, kind) in inputs.items()
        ],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
    )
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(made, opset_imports=opsets, ir_version=8), path)
    return path


def test_a_person_is_read_as_in_training(run: Run, bundle: Bundle) -> None:
    """The facts of users, as serving has them, stand for the indices that training gives their rows."""
    assert run.ranking is not None
    ranker, films = ranker_of(bundle), np.arange(len(bundle.movies))
    # Of somebody with few films next to nothing of the network counts, which reads the person.
    history, users = History.picked(range(40, 5, -1)), run.data.users.head(8)
    november_2003 = np.full(len(users), 1_069_500_000)
    persons = encode_persons(run.encoder, users, november_2003)
    assert persons.all()
    inputs: dict[str, Any] = {
        **{name: rows[np.newaxis] for name, rows in history.lists(LIKE).items()},
        "film": (films + 1)[np.newaxis],
    }
    found = []
    for person, user in zip(persons, users.to_dict("records"), strict=True):
        facts = {name: str(user[name]) for name in ("gender", "age", "occupation")}
        facts |= {"rating_year": "2003", "rating_month": "11"}
        near = affinities(history, facts, run.ranking.models)[np.newaxis]
        asked = {**inputs, "person": person[np.newaxis], "affinities": near}
        found.append(ranker.scores(history, facts, films))
        assert np.allclose(found[-1], run.ranking.ranker(asked)[0], rtol=0, atol=1e-5)
    assert np.ptp(found, axis=0).max() > 0.01


@pytest.mark.parametrize("count", [0, 1, CHUNK_ROWS, CHUNK_ROWS + 1, 3 * CHUNK_ROWS + 5])
@pytest.mark.parametrize("threads", [None, 1, 3])
def test_a_films_score_does_not_depend_on_the_films_around_it(
    bundle: Bundle, count: int, threads: int | None
) -> None:
    history = History.picked([3, 1], [2])
    person = {"gender": "F", "rating_year": "2003"}
    ranker = ranker_of(bundle, threads=threads)
    films = np.random.default_rng(0).integers(0, len(bundle.movies), count)
    alone = ranker.scores(history, person, np.arange(len(bundle.movies)))
    scores = ranker.scores(history, person, films)
    assert scores.shape == (count,)
    assert scores.dtype == np.float32
    assert np.allclose(scores, alone[films], rtol=0, atol=1e-5)


@given(st.integers(0, 11), st.lists(st.integers(12, 19), max_size=3, unique=True))
def test_a_refusal_takes_from_each_film_what_a_like_would_bring_it(
    bundle: Bundle, refused: int, liked: list[int]
) -> None:
    ranker, films = ranker_of(bundle), np.arange(len(bundle.movies))

    def scores(liked: list[int], refused: list[int]) -> Any:
        return ranker.scores(History.picked(liked, refused), {"gender": "F"}, films)

    before, after = scores(liked, []), scores(liked, [refused])
    assert (after <= before + 1e-5).all()
    brought = softmax(scores([refused], [])) / softmax(scores([], []))
    assert after - before == pytest.approx(-np.log(np.maximum(brought, 1)), abs=1e-4)
    assert (after < before - 1e-4).any()


def test_a_value_that_no_vocabulary_holds_is_unknown(bundle: Bundle) -> None:
    ranker, films = ranker_of(bundle), np.arange(len(bundle.movies))
    nothing = ranker.scores(History.picked([]), {}, films)
    strange = {
        "gender": "X",
        "age": "7",
        "occupation": "",
        "rating_year": "1",
        "rating_month": "13",
    }
    assert np.array_equal(ranker.scores(History.picked([]), strange, films), nothing)
    known = ranker.scores(History.picked([]), {"occupation": "artist"}, films)
    assert not np.array_equal(known, nothing)


@pytest.mark.parametrize("open_size", ["films", None, "anything"])
def test_a_graph_that_takes_what_it_will_be_given_is_run(
    bundle: Bundle, tmp_path: Path, open_size: str | None
) -> None:
    taken = shapes(
        film=([open_size], TensorProto.INT32),
        affinities=([open_size, len(AFFINITIES)], TensorProto.FLOAT),
    )
    ranker = ranker_of(bundle, graph(tmp_path / "ranking.onnx", taken))
    assert ranker.scores(History.picked([]), {}, np.array([4, 2])).tolist() == [5.0, 3.0]


@pytest.mark.parametrize(
    "changes",
    [
        {"person": None},
        {"disliked": None},
        {"affinities": None},
        {"more": ([1], TensorProto.INT32)},
        {"person": ([1, len(PERSON) + 1], TensorProto.INT32)},
        {"liked": ([1, 99], TensorProto.INT32)},
        {"recent": ([1, 20, 1], TensorProto.INT32)},
        {"recent": ([1, 20], TensorProto.INT64)},
        {"film": ([7], TensorProto.INT32)},
        {"film": (["films"], TensorProto.FLOAT)},
        {"affinities": (["films", 3], TensorProto.FLOAT)},
        {"affinities": (["films", len(AFFINITIES)], TensorProto.DOUBLE)},
    ],
    ids=str,
)
def test_a_graph_that_takes_something_else_is_refused(
    bundle: Bundle, tmp_path: Path, changes: dict[str, Any]
) -> None:
    path = graph(tmp_path / "other.onnx", shapes(**changes))
    with pytest.raises(
        BundleError, match=r"other\.onnx: it should read `person`.*Export the bundle"
    ):
        ranker_of(bundle, path)


def test_a_graph_that_gives_something_else_is_refused(bundle: Bundle, tmp_path: Path) -> None:
    path = graph(tmp_path / "other.onnx", shapes(), output="logit")
    with pytest.raises(BundleError, match=r"give `score`; .*gives \['logit'\]"):
        ranker_of(bundle, path)


@pytest.mark.parametrize("content", [b"", b"no graph at all", b"\x80\x04\x95pickle", b"\x00" * 64])
def test_a_file_that_is_no_graph_is_refused(bundle: Bundle, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ranking.onnx").write_bytes(content)
    with pytest.raises(BundleError, match=r"ranking\.onnx: it should be an ONNX graph"):
        ranker_of(bundle, tmp_path / "ranking.onnx")
