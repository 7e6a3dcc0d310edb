"""Field values to vocabulary indices: the one encoding of training and serving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from space.errors import BundleError, fault_in
from space.features import UNKNOWN, VALUES
from space.schema import Field, Source

Indices = npt.NDArray[np.int32]


class FeatureEncoder:
    """Encodes tables of users, movies and moments with vocabularies that never change.

    Index 0 of every field is "unknown": what a vocabulary does not hold. Value `v` of a vocabulary
    `(a, b, c)` has the index 1, 2 or 3.

    Args:
        fields: The model's fields, in the order of its columns.
        vocabularies: For each field's name its known values, in the order of their indices.

    Raises:
        ValueError: If a field has no vocabulary, or a vocabulary holds a value twice.
    """

    def __init__(self, fields: Sequence[Field], vocabularies: Mapping[str, Sequence[str]]) -> None:
        self.fields = tuple(fields)
        missing = [field.name for field in self.fields if field.name not in vocabularies]
        if missing:
            raise ValueError(f"Every field should have a vocabulary. Missing: {', '.join(missing)}")
        self.vocabularies = {field.name: tuple(vocabularies[field.name]) for field in self.fields}
        self._index = {
            name: pd.Index(values, dtype="str") for name, values in self.vocabularies.items()
        }
        for name, index in self._index.items():
            if not index.is_unique or UNKNOWN in index:
                raise ValueError(
                    f"The vocabulary of {name} should hold every value once, and never {UNKNOWN!r}."
                )

    @property
    def vocabulary_sizes(self) -> tuple[int, ...]:
        """Number of indices of each field, index 0 included."""
        return tuple(len(self.vocabularies[field.name]) + 1 for field in self.fields)

    def encode(self, source: Source, table: pd.DataFrame) -> Indices:
        """Encode the fields that come from one table.

        Args:
            source: Which table it is.
            table: Its rows, with the columns that `space.features` names.

        Returns:
            Indices, `(rows, fields of that source)`, in the order of the model's columns.
        """
        fields = [field for field in self.fields if field.source == source]
        encoded = np.empty((len(table), len(fields)), dtype=np.int32)
        for column, field in enumerate(fields):
            values = pd.Index(VALUES[field.name](table))
            encoded[:, column] = self._index[field.name].get_indexer(values) + 1
        return encoded

    def assemble(self, *, user: Indices, movie: Indices, time: Indices) -> Indices:
        """Put the encoded parts of some rows into the order of the model's columns.

        Args:
            user: `(rows or 1, user fields)`, as `encode("user", ...)` gives them.
            movie: `(rows or 1, movie fields)`.
            time: `(rows or 1, time fields)`.

        Returns:
            Indices, `(rows, fields)`; a part of one row is repeated for all.
        """
        parts = {"user": user, "movie": movie, "time": time}
        rows = int(np.broadcast_shapes(*((len(part),) for part in parts.values()))[0])
        assembled = np.empty((rows, len(self.fields)), dtype=np.int32)
        for source, part in parts.items():
            columns = [i for i, field in enumerate(self.fields) if field.source == source]
            assembled[:, columns] = part
        return assembled

    def to_json(self) -> dict[str, Any]:
        """The content of `encoders.json`."""
        return {"vocabularies": {name: list(values) for name, values in self.vocabularies.items()}}

    @classmethod
    def from_json(cls, fields: Sequence[Field], content: Any) -> FeatureEncoder:
        """Read the content of `encoders.json`.

        Raises:
            BundleError: If it is not what `to_json` writes for these fields.
        """
        try:
            vocabularies = content["vocabularies"]
            for values in vocabularies.values():
                if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
                    raise ValueError("a vocabulary should be a list of strings")
            return cls(fields, vocabularies)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BundleError(fault_in("encoders.json", str(error))) from error
