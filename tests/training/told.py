from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Told:
    """A reporter that keeps what it is told."""

    stages: list[str] = field(default_factory=list)
    updates: list[tuple[float | None, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def stage(self, name: str) -> None:
        self.stages.append(name)

    def update(self, fraction: float | None, text: str = "") -> None:
        self.updates.append((fraction, text))

    def note(self, text: str) -> None:
        self.notes.append(text)

    def close(self) -> None:
        pass
