"""The tabs beside the list, for a user of the data set and for the visitor."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from space.insights.held_out import held_out
from space.insights.months import compare_months
from space.insights.taste import taste
from space.page.shown import film_choices
from space.recommender import MovieRecommender
from tests.end_to_end.steps import choose, for_me, for_user, open_page, open_tab, settle


def moves(tab: Page, place: str) -> list[list[str]]:
    """The rows of a table of a tab."""
    read: list[list[str]] = tab.locator(f"{place} table.moves tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return read


def test_taste_is_the_users_beside_everybodys_and_follows_the_user(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    open_tab(tab, "Taste")
    expect(tab.locator("#profile")).to_contain_text("Nothing is known of you yet")
    for user in (7, 5):
        for_user(tab, str(user))
        settle(tab)
        profile = recommender.profile(user)
        expect(tab.locator("#profile")).to_contain_text(str(profile["zip"]))
        found = taste(recommender, user).genres
        first = found.sort_values("share", ascending=False).iloc[0]
        chart = tab.locator("#taste").get_by_text(f"{first['share']:.0%}", exact=True).first
        expect(chart).to_be_visible()
        expect(tab.locator("#taste")).to_contain_text(first["genre"])
        expect(tab.locator("#liked-films")).to_be_visible()
    for_me(tab)
    settle(tab)
    expect(tab.locator("#profile")).to_contain_text("Nothing is known of you yet")
    expect(tab.locator("#liked-films")).to_be_hidden()


def test_taste_of_the_visitor_is_what_they_told(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    open_tab(tab, "Taste")
    choose(tab, "#likes", film_choices(recommender.bundle.movies)[3][0])
    settle(tab)
    expect(tab.locator("#profile")).to_contain_text("This is all that is known of you")
    expect(tab.locator("#profile dd")).to_have_text("1")


def test_two_months_are_compared_and_the_chosen_one_stays(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    open_tab(tab, "Compare months")
    last = recommender.last_month
    expected = compare_months(recommender, (last[0], last[1] - 6), last)
    assert not expected.moved
    expect(tab.locator("#months")).to_contain_text("Nothing changes between")
    assert moves(tab, "#months") == []
    expect(tab.locator("#other-year input")).to_have_value("")
    tab.locator("#other-year input").fill("2000")
    tab.locator("#other-year input").press("Enter")
    choose(tab, "#other-month", "February")
    settle(tab)
    expect(tab.locator("#months")).to_contain_text("February 2000")
    for_user(tab, "7")
    settle(tab)
    expect(tab.locator("#months")).to_contain_text("February 2000")
    expected = compare_months(recommender, (2000, 2), last, user_id=7)
    assert expected.moved
    expect(tab.locator("#months tbody tr").first).to_contain_text(expected.films["title"][0])
    assert [row[0].rpartition(" ")[0] for row in moves(tab, "#months")] == list(
        expected.films["title"]
    )


def test_the_check_ranks_the_films_that_were_held_out(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    open_page(tab, address)
    open_tab(tab, "Check")
    expect(tab.locator("#check")).to_contain_text("Choose a user of the data")
    for_user(tab, "7")
    settle(tab)
    found = held_out(recommender, 7)
    expect(tab.locator("#check")).to_contain_text(f"{len(found.films)} films that this user rated")
    assert [row[2:] for row in moves(tab, "#check")] == [
        [f"{row.rank:,}", f"{row.popularity_rank:,}"] for row in found.films.itertuples()
    ]


def test_every_tab_opens_for_both_without_a_failure(tab: Page, address: str) -> None:
    failures: list[str] = []
    tab.on("pageerror", lambda error: failures.append(str(error)))
    open_page(tab, address)
    names = tab.locator("#tabs [role=tab]").all_inner_texts()
    assert names == ["Films", "Taste", "Compare months", "Check", "About", "API"]
    for name in names:
        open_tab(tab, name)
    for_user(tab, "7")
    settle(tab)
    for name in names:
        open_tab(tab, name)
    assert tab.locator(".toast-body").count() == 0
    assert failures == []
