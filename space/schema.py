"""What a model reads and predicts: its fields, its label, and where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from space.errors import BundleError, Said, fault_in

Source = Literal["user", "movie", "time"]
"""The table from which a field's value is taken; "time" is the moment of the rating."""

FORMAT_VERSION = 3
"""Version of the bundle's files; raised when a reader of an older version would misread them."""

FIELD_SOURCES: Mapping[str, Source] = {
    "user_id": "user",
    "movie_id": "movie",
    "movie_decade": "movie",
    "movie_year": "movie",
    "rating_year": "time",
    "rating_month": "time",
    "rating_decade": "time",
    "genre1": "movie",
    "genre2": "movie",
    "genre3": "movie",
    "gender": "user",
    "age": "user",
    "occupation": "user",
    "zip": "user",
}
"""Every field this version can read, in the order of the original app."""

FIELD_PRESETS: Mapping[str, tuple[str, ...]] = {
    "original": tuple(FIELD_SOURCES),
    "no-demographics": tuple(
        name for name in FIELD_SOURCES if name not in {"gender", "age", "occupation", "zip"}
    ),
}
"""Named choices of fields. The CSV editions have no demographics: `no-demographics` fits them."""


@dataclass(frozen=True)
class Field:
    """One input of the model."""

    name: str
    """A key of `FIELD_SOURCES`."""
    source: Source
    """The table that holds the field's value."""


@dataclass(frozen=True)
class Schema:
    """The contract between training and serving, kept as `schema.json` in a bundle."""

    fields: tuple[Field, ...]
    """The model's inputs, in the order of its columns."""
    vocabulary_sizes: tuple[int, ...]
    """Number of indices of each field, index 0 ("unknown") included."""
    like_threshold: float
    """The label rule: a rating is a like (label 1) where it is at least this."""
    dataset: Mapping[str, Any] = field(default_factory=dict)
    """Name, licence, citation and fingerprint of the ratings."""
    split: Mapping[str, Any] = field(default_factory=dict)
    """Name and parameters of the split, and the rows of each part."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Versions of the libraries that made the bundle."""
    format_version: int = FORMAT_VERSION
    """Version of the bundle's files."""

    def names(self) -> tuple[str, ...]:
        """The fields' names, in the order of the model's columns."""
        return tuple(field.name for field in self.fields)

    def to_json(self) -> dict[str, Any]:
        """The content of `schema.json`."""
        return {
            "format_version": self.format_version,
            "fields": [
                {"name": field.name, "source": field.source, "vocabulary_size": size}
                for field, size in zip(self.fields, self.vocabulary_sizes, strict=True)
            ],
            "label": {"rule": "rating >= threshold", "threshold": self.like_threshold},
            "dataset": dict(self.dataset),
            "split": dict(self.split),
            "versions": dict(self.versions),
        }

    @classmethod
    def from_json(cls, content: Any) -> Schema:
        """Read the content of `schema.json`.

        Raises:
            BundleError: If the format is newer than this program, or a part is missing or wrong.
        """
        try:
            version = content["format_version"]
            check_format(version, "schema.json", "bundle")
            schema = cls(
                fields=tuple(Field(entry["name"], entry["source"]) for entry in content["fields"]),
                vocabulary_sizes=tuple(
                    int(entry["vocabulary_size"]) for entry in content["fields"]
                ),
                like_threshold=float(content["label"]["threshold"]),
                dataset=dict(content["dataset"]),
                split=dict(content["split"]),
                versions=dict(content["versions"]),
                format_version=version,
            )
            schema._check_fields()
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BundleError(
                fault_in("schema.json", f"a part is missing or of the wrong type ({error!r})")
            ) from error
        return schema

    def _check_fields(self) -> None:
        if not self.fields:
            raise BundleError(
                fault_in("schema.json", "it should name at least one field", "export_file")
            )
        names = self.names()
        if len(set(names)) != len(names):
            raise BundleError(
                fault_in("schema.json", f"a field is named twice in {', '.join(names)}")
            )
        for entry, size in zip(self.fields, self.vocabulary_sizes, strict=True):
            if FIELD_SOURCES.get(entry.name) != entry.source:
                raise BundleError(
                    fault_in(
                        "schema.json",
                        f"the field {entry.name!r} from {entry.source!r} is not known to this version",
                        "update",
                    )
                )
            if size < 1:
                raise BundleError(
                    fault_in("schema.json", f"{entry.name} has the vocabulary size {size}")
                )


def check_format(version: Any, file: str, noun: Literal["bundle", "dataset"]) -> int:
    """Refuse what a newer version of this program wrote.

    Args:
        version: What `schema.json` or `dataset.json` says.
        file: How the message names the file.
        noun: What the file belongs to.

    Returns:
        The version.

    Raises:
        BundleError: If it is not a version that this program reads.
    """
    if not isinstance(version, int) or not 1 <= version <= FORMAT_VERSION:
        raise BundleError(
            Said(
                "format",
                path=file,
                newest=FORMAT_VERSION,
                version=repr(version),
                noun=Said(noun),
            )
        )
    return version


def fields_of(names: Iterable[str]) -> tuple[Field, ...]:
    """The fields with these names, in this order.

    Raises:
        ValueError: If a name is not a key of `FIELD_SOURCES`.
    """
    names = tuple(names)
    unknown = [name for name in names if name not in FIELD_SOURCES]
    if unknown:
        raise ValueError(
            f"Fields should be among {', '.join(FIELD_SOURCES)}. Received: {', '.join(unknown)}"
        )
    return tuple(Field(name, FIELD_SOURCES[name]) for name in names)
