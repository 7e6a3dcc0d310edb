"""The tabs about the model and for programs, as a visitor sees them."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from space.about import about
from space.recommender import MovieRecommender
from tests.end_to_end.steps import open_page, open_tab
from tests.programs import ENDPOINTS, mcp_answers, python_answers, shell_answers, shell_calls


def code(tab: Page, name: str) -> str:
    return tab.locator(f"#programs [data-code={name}] pre").inner_text()


def test_the_model_is_told_of_with_its_figures_and_plots(
    tab: Page, address: str, recommender: MovieRecommender
) -> None:
    told = about(recommender.bundle)
    open_page(tab, address)
    open_tab(tab, "About")
    shown = tab.locator("#about")
    expect(shown).to_contain_text("How it works")
    expect(shown).to_contain_text(f"{told.figures['auc']:.3f}")
    expect(shown.locator(".diagram")).to_have_count(2)
    drawn = shown.locator(".plots img")
    expect(drawn).to_have_count(len(told.plots))
    widths = drawn.evaluate_all(
        "images => Promise.all(images.map(image => image.decode().then(() => image.naturalWidth)))"
    )
    assert all(width > 0 for width in widths)


def test_the_examples_run_as_they_stand_at_the_pages_own_address(tab: Page, address: str) -> None:
    open_page(tab, f"{address}/?k=7")
    open_tab(tab, "API")
    expect(tab.locator("#programs .address").first).to_have_text(address)
    shell = code(tab, "shell")
    answers = python_answers(code(tab, "python"))
    assert tuple(answers) == ENDPOINTS
    assert shell_answers(shell) == answers
    assert mcp_answers(code(tab, "mcp"), shell_calls(shell)) == answers


def test_an_example_is_copied(chromium: Browser, address: str) -> None:
    with chromium.new_context() as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        tab = context.new_page()
        open_page(tab, address)
        open_tab(tab, "API")
        button = tab.locator("#programs [data-code=mcp] button")
        button.click()
        expect(button).to_have_text("Copied")
        assert tab.evaluate("navigator.clipboard.readText()") == code(tab, "mcp")
