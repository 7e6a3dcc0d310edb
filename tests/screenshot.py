"""The README's picture of the page: `make screenshot` writes `docs/page.png` from the demo model.

`python -m tests.screenshot --bundle B --dataset D` takes it of another one, by the options of `app.py`.
"""

from __future__ import annotations

import sys

from tests.browser import browser
from tests.end_to_end.steps import choose, open_page, recommend
from tests.server import ROOT, running_app

TARGET = ROOT / "docs" / "page.png"


def main() -> None:
    """Serve the model, ask it, and take the picture."""
    TARGET.parent.mkdir(exist_ok=True)
    with running_app(*sys.argv[1:]) as address, browser() as opened:
        tab = opened.new_page(viewport={"width": 1240, "height": 1250})
        open_page(tab, address, seconds=300)
        for film in ("Toy Story (1995)", "Fargo (1996)"):
            choose(tab, "#likes", film)
        choose(tab, "#dislikes", "Scream (1996)")
        choose(tab, "#gender", "F")
        choose(tab, "#age", "25-34")
        recommend(tab)
        tab.mouse.move(0, 0)
        tab.evaluate("window.scrollTo(0, 0)")
        tab.screenshot(path=TARGET)
    print(f"Wrote {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
