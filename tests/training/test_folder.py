from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.errors import RunError
from training.folder import claim, strict, write_json

FINITE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(FINITE)
def test_what_json_can_hold_comes_back_as_it_was(value: Any) -> None:
    assert json.loads(json.dumps(strict(value), allow_nan=False)) == value


def test_what_json_cannot_hold_becomes_null_or_plain() -> None:
    value = {
        "nan": math.nan,
        "infinite": [math.inf, -math.inf, (np.float32("nan"), np.float64("inf"))],
        "numpy": (np.int64(3), np.float32(0.5), np.bool_(True)),
        7: "a key",
        "whole": 10**30,
    }
    assert json.loads(json.dumps(strict(value), allow_nan=False)) == {
        "nan": None,
        "infinite": [None, None, [None, None]],
        "numpy": [3, 0.5, True],
        "7": "a key",
        "whole": 10**30,
    }


def test_a_record_keeps_what_is_not_defined(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"auc": math.nan, "name": "F\u00e4lle"})
    read = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert math.isnan(read.pop("auc"))
    assert read == {"name": "F\u00e4lle"}


def test_a_file_that_could_not_be_written_whole_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, [1])
    with pytest.raises(TypeError):
        write_json(path, [2, object()])
    assert json.loads(path.read_text()) == [1]


def test_a_folder_is_for_one_work(tmp_path: Path) -> None:
    claim(tmp_path, {"protocol": "topn", "ratings": "a" * 64})
    claim(tmp_path, {"protocol": "topn", "ratings": "a" * 64})
    said = r"other work \(protocol topn, not ids; ratings aaaaaaaaaaaa, not bbbbbbbbbbbb\)"
    with pytest.raises(RunError, match=said):
        claim(tmp_path, {"protocol": "ids", "ratings": "b" * 64})
    with pytest.raises(RunError, match=r"\(work None, not search; protocol topn, not None; "):
        claim(tmp_path, {"work": "search"})
    assert json.loads((tmp_path / "work.json").read_text())["protocol"] == "topn"
