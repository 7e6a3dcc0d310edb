from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from space.explanation import Explanation
from space.recommender import MovieRecommender
from tests.benchmarks.explain import draw, main, others, pairs, received, report, rollout
from tests.exports import Run


@pytest.mark.parametrize("part", ["validation", "test"])
def test_random_pairs_are_ratings_of_their_part_at_their_own_months(run: Run, part: str) -> None:
    recommender = MovieRecommender.load(run.bundle, run.dataset)
    drawn = pairs(recommender, part, 20, seed=3)
    assert len(drawn) == 20
    rated = run.data.ratings.iloc[getattr(run.split, part)]
    dates = pd.to_datetime(rated["timestamp"], unit="s")
    told = set(zip(rated["user_id"], rated["movie_id"], dates.dt.year, dates.dt.month, strict=True))
    assert set(drawn.itertuples(index=False, name=None)) <= told
    assert not drawn.equals(pairs(recommender, part, 20, seed=4))
    assert len(pairs(recommender, part, 10**6, seed=3)) == len(rated)


def test_rollout_and_received_by_hand() -> None:
    first, second = np.array([[0.6, 0.4], [0.2, 0.8]]), np.array([[1.0, 0.0], [0.5, 0.5]])
    # Halves of the layers and of passing by: [[.8, .2], [.1, .9]] and [[1, 0], [.25, .75]];
    # second times first: [[.8, .2], [.25 * .8 + .75 * .1, .25 * .2 + .75 * .9]]
    through = rollout(np.array([first, second]))
    assert through == pytest.approx(np.array([[0.8, 0.2], [0.275, 0.725]]))
    assert received(through) == pytest.approx([0.275, 0.2])


def explained(change: list[float], values: tuple[str, ...] = ("1", "2", "3")) -> Explanation:
    """Attention names b by its departure, and a by what it receives."""
    attention = np.array([[[0.5, 0.0, 0.5], [0.5, 0.0, 0.5], [0.6, 0.0, 0.4]]], dtype="float32")
    moves = np.array(change, dtype="float32")
    return Explanation(("a", "b", "c"), values, 0.0, 0.5, attention, moves)


def tables(lines: list[str]) -> dict[str, dict[str, list[str]]]:
    """The columns of each row, by the part of the split and by the row's name."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in lines:
        if " pairs " in line and "|change|" in line:
            part = found.setdefault(line.split()[1], {})
        elif line.startswith("  "):
            part[line[2:28].strip()] = line[28:].split()
    return found


def test_the_report_compares_the_named_field_with_the_others() -> None:
    # Of two other fields one is unknown, so that a random known one is the third.
    entries = [
        explained([0.5, -2.0, 0.0], ("1", "2", "unknown")),
        explained([0.0, 1.0, -3.0], ("unknown", "2", "3")),
    ]
    assert {entry.most_important() for entry in entries} == {"b"}
    found = tables(report([explained([0.0, 0.0, 1.0])], entries, seed=0))
    assert list(found) == ["validation", "test"]
    test = found["test"]
    # b moves it by 2 and 1, the others by .5, 0 and 0, 3 (means .25 and 1.5), known ones by .5 and 3.
    assert test["departure"] == ["1.5000", "0.8750", "1.71", "1.7500", "0.86", "50.0%"]
    # a, which receives the most, is unknown in the second: c is named, which moves it by 3.
    # It is .5 and 3; the others are 2, 0 and 0, 1, the known ones 2 and 1.
    assert test["attention received"] == ["1.7500", "0.7500", "2.33", "1.5000", "1.17", "50.0%"]
    # On the validation pair c moves it most; in the first test pair it is unknown and moves nothing.
    assert test["always c"][:3] == ["1.5000", "0.8750", "1.71"]
    assert test["the one that moves it most"][0] == "2.5000"
    assert test["the one that moves it most"][-1] == "100.0%"


@pytest.mark.parametrize(
    ("change", "best"), [([0.0, 2.0, 1.0], "departure"), ([2.0, 0.0, 1.0], "attention received")]
)
def test_the_best_summary_is_chosen_on_the_validation_pairs(change: list[float], best: str) -> None:
    test = [explained([1.0, 1.0, 1.0])]
    said = [line for line in report([explained(change)], test, seed=0) if line.startswith("Best")]
    assert said == [
        f"Best of attention's summaries on the validation pairs: {best}. "
        "`most_important` goes by departure."
    ]


def test_how_near_attention_is_to_even_weights_is_printed() -> None:
    even, named = report([explained([1.0] * 3)], [explained([1.0] * 3)], seed=0)[-2:]
    # Four weights of .5 are .16667 away, three of 0 are .33333, .6 is .26667 and .4 is .06667:
    # 2 / 9 in the mean, which is two thirds of 1/3.
    assert even == (
        "Even weights are 1/3 = 0.33333. Attention differs from that by 0.22222 in the mean "
        "(66.67%); it is 0.00000 to 0.60000."
    )
    # Without itself b's column is 0, 0: 1/3. a's is .5, .6: (.16667 + .26667) / 2. c's is .5, .5:
    # .16667.
    assert named == ("The mean departure of the named field is 0.33333, of any field 0.23889.")


def test_a_field_is_drawn_evenly_among_the_possible_ones() -> None:
    possible = np.tile([True, False, True, True], (6000, 1))
    shares = np.bincount(draw(possible.astype(int), seed=0), minlength=4) / 6000
    assert shares == pytest.approx([1 / 3, 0, 1 / 3, 1 / 3], abs=0.02)
    named = np.tile([0, 3], 3000)
    drawn = others(possible, named, seed=0)
    assert (drawn != named).all()
    assert set(drawn[named == 0]) == {2, 3}
    assert set(drawn[named == 3]) == {0, 2}
    # Where only the named field is known, any other stands for it.
    assert set(others(np.tile([False, True, False], (100, 1)), np.full(100, 1), seed=0)) == {0, 2}


def test_the_command_explains_ratings_for_their_users_and_for_somebody_new(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--run", str(run.bundle.parent), "--pairs", "20"])
    users, nothing, age = capsys.readouterr().out.split("\nSomebody new, who tells ")
    assert f"The users themselves, seed 0, {len(run.encoder.fields)} fields\n" in users
    assert nothing.startswith("nothing, seed 0")
    assert age.startswith("their age, seed 0")
    of_user = {field.name for field in run.encoder.fields if field.source == "user"}
    for said, known in ((users, of_user), (nothing, set()), (age, {"age"})):
        assert set(tables(said.splitlines())) == {"validation", "test"}
        (named,) = (line for line in said.splitlines() if line.startswith("It names"))
        assert not any(f" {name} " in named for name in of_user - known)
    tested = [tables(said.splitlines())["test"] for said in (users, nothing, age)]
    assert tested[0] != tested[1] != tested[2] != tested[0]
