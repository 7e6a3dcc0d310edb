from __future__ import annotations

from dataclasses import replace

import pytest

from space.bundle import read_bundle
from space.hub.repository import Repository, Snapshot
from space.page.footer import footer
from space.recommender import MovieRecommender
from tests.exports import Run
from tests.space.page.reading import HOSTILE


def with_facts(run: Run, **facts: str) -> MovieRecommender:
    """The run's model with other facts of its data set."""
    recommender = MovieRecommender.load(run.bundle)
    bundle = read_bundle(run.bundle)
    recommender.bundle = replace(bundle, schema=replace(bundle.schema, dataset=facts))
    return recommender


def test_it_links_to_the_commits_that_are_served(run: Run) -> None:
    recommender = with_facts(run, name="tiny")
    recommender.origin, recommender.dataset_origin = (
        Snapshot(run.bundle, Repository(name), sha * 40, f"https://hub.example/{name}/tree/x")
        for name, sha in (("ada/my_model", "a"), ("ada/data", "b"))
    )
    assert footer(recommender, "AutoInt+", "en").split("\n\n") == [
        "AutoInt+ trained on **tiny**.",
        "Model: [ada/my\\_model @ aaaaaaa](https://hub.example/ada/my_model/tree/x)",
        "Users and ratings: [ada/data @ bbbbbbb](https://hub.example/ada/data/tree/x)",
    ]
    recommender.dataset_origin = None
    assert "Users and ratings" not in footer(recommender, "AutoInt+", "en")


def test_it_names_the_data_set_and_leads_to_its_terms(run: Run) -> None:
    recommender = with_facts(run, name="tiny", licence="For research.", citation="A.")
    assert footer(recommender, "AutoInt+", "en").split("\n\n") == [
        "AutoInt+ trained on **tiny**.",
        "[Licence and citation of the data: in the tab “About”](?tab=about)",
    ]
    unnamed = footer(with_facts(run), "AutoInt+", "en")
    assert unnamed == "AutoInt+ trained on **an unnamed data set**."
    assert "[데이터의 라이선스와 인용: ‘소개’ 탭](?tab=about)" in footer(
        recommender, "AutoInt+", "ko"
    )


@pytest.mark.parametrize("name", ["AutoInt", "AutoInt+"])
def test_the_model_is_called_what_it_is(run: Run, name: str) -> None:
    assert footer(with_facts(run, name="tiny"), name, "en") == f"{name} trained on **tiny**."


def test_markup_in_it_is_shown_and_not_obeyed(run: Run) -> None:
    said = footer(with_facts(run, name=f"{HOSTILE} [x](javascript:1)"), "AutoInt+", "en")
    assert "<" not in said
    assert "\\[x\\]" in said
