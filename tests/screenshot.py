"""The README's picture of the page: `make screenshot` writes `docs/page.png` from the demo model."""

from __future__ import annotations

from tests.browser import browser
from tests.end_to_end.steps import choose, open_page, recommend
from tests.server import ROOT, running_app

TARGET = ROOT / "docs" / "page.png"


def main() -> None:
    """Serve the demo, ask it, and take the picture."""
    TARGET.parent.mkdir(exist_ok=True)
    with running_app() as address, browser() as opened:
        tab = opened.new_page(viewport={"width": 1240, "height": 940})
        open_page(tab, address, seconds=300)
        choose(tab, "#user", "42")
        choose(tab, "#genres", "Comedy")
        recommend(tab)
        tab.mouse.move(0, 0)
        tab.screenshot(path=TARGET)
    print(f"Wrote {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
