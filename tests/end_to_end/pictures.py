"""Pictures that are kept of the page, and how like them it looks today."""

from __future__ import annotations

import os
from base64 import b64encode
from io import BytesIO
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image
from playwright.sync_api import Page

FOLDER = Path(__file__).with_name("pictures")
RENEW = "RENEW_PICTURES"
"""The variable that has pictures taken anew, as `make screenshot` does."""

CELL = 16
"""Pixels of a side of what is compared: no single letter, whose shape depends on the machine's fonts."""

CHANGED = 24
"""Of 255, by how much a cell's red, green or blue has to differ to count."""


def use_own_font(page: Page) -> None:
    """Have the page set in a font that is the same on every machine, so that lines break alike."""
    font = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf").read_bytes()
    source = f"data:font/ttf;base64,{b64encode(font).decode()}"
    page.add_style_tag(
        content=f"@font-face {{ font-family: Pictured; src: url({source}); }}"
        "* { font-family: Pictured !important; text-rendering: geometricPrecision !important; }"
    )
    page.evaluate("document.fonts.load('16px Pictured').then(() => document.fonts.ready)")


def picture_of(page: Page) -> Image.Image:
    """What is seen of the page, with everything that moves at its end."""
    return Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")


def kept(name: str, picture: Image.Image) -> Image.Image:
    """The picture that is kept under a name; the given one is, if pictures are taken anew.

    Args:
        name: The file's, without its ending.
        picture: As the page looks today.
    """
    path = FOLDER / f"{name}.png"
    if os.environ.get(RENEW):
        FOLDER.mkdir(exist_ok=True)
        picture.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
    return Image.open(path).convert("RGB")


def difference(one: Image.Image, another: Image.Image) -> float:
    """The share of cells in which two pictures differ, 0 to 1; 1 where their sizes do."""
    if one.size != another.size:
        return 1.0
    cells = [np.asarray(each.reduce(CELL), dtype=float) for each in (one, another)]
    return float((np.abs(cells[0] - cells[1]).max(axis=2) > CHANGED).mean())
