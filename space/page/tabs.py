"""The tabs beside the list, in their order; each is a class with `outputs`, `wire` and `show`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from space.page.about_tab import AboutTab
from space.page.answers import Answers
from space.page.ask import Ask
from space.page.check_tab import CheckTab
from space.page.controls import Controls
from space.page.months_tab import MonthsTab
from space.page.person_tab import PersonTab
from space.page.programs_tab import ProgramsTab


class Tab(Protocol):
    """A tab whose content follows from the controls."""

    outputs: list[Any]
    """The components that `show` gives values for."""

    def __init__(self, answers: Answers) -> None: ...

    def wire(self, controls: Controls, private: dict[str, Any]) -> None:
        """Bind the tab's own events.

        Args:
            controls: The page's controls.
            private: How an event of the page's own is bound.
        """

    def show(self, ask: Ask, *own: Any) -> list[Any]:
        """The tab's content for what is asked.

        Args:
            ask: What the page's controls say.
            *own: What the tab's own say; see `own_inputs`.

        Raises:
            ValueError: If what is asked makes no sense.
            PreparationError: If what is needed cannot be had.
        """


def own_inputs(tab: Any) -> list[Any]:
    """The controls of a tab that its content follows from as well: its `inputs`, if it has any."""
    return [*getattr(tab, "inputs", ())]


TABS: Mapping[str, type[Tab]] = {
    "person": PersonTab,
    "months": MonthsTab,
    "check": CheckTab,
    "about": AboutTab,
    "programs": ProgramsTab,
}
"""The tabs by their ids."""
