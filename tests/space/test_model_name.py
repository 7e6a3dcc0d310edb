from __future__ import annotations

import json
from pathlib import Path

import pytest

from space.errors import DamagedError
from space.model_name import model_name
from training.model import AutoInt, AutoIntPlus


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"class_name": AutoIntPlus.__name__}, "AutoInt+"),
        ({"class_name": AutoInt.__name__}, "AutoInt"),
        ({"class_name": "Another"}, "AutoInt"),
        ({"class_name": ["AutoIntPlus"]}, "AutoInt"),
        ({}, "AutoInt"),
        ([], "AutoInt"),
    ],
)
def test_the_name_is_of_the_class_that_the_configuration_says(
    tmp_path: Path, config: object, name: str
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert model_name(tmp_path) == name


def test_a_configuration_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(DamagedError, match=r"config\.json: the file is missing"):
        model_name(tmp_path)
