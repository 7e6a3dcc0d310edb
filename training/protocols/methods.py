"""The methods that a protocol can measure, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from space.item_models import MATRICES
from training.baselines import BASELINES, SEEDED
from training.errors import RunError
from training.names import names_in
from training.protocols import RANKING_PROTOCOLS, RATING_PROTOCOLS
from training.protocols.ranker import BaselineRanker, RankingMethod
from training.ranking.options import NEVER, NO_EASE, PARTS, PLAIN_EASE, RankingOptions

RANKER_VERSION = 2
"""Raised when a change of the ranker's code (`training.ranker`, `training.ranking`, and what it reads:
`space.history`, `space.affinities`, `space.item_models`) makes other lists out of equal options. Results
of earlier versions are then measured anew, and those of other methods are kept."""


@dataclass(frozen=True)
class Method:
    """A way to rank, to be fitted and measured."""

    make: Callable[[], RankingMethod]
    """A new ranker."""
    seeded: bool
    """Whether its result depends on the seed; if not, it is measured once."""
    identity: str | None = None
    """What tells it from another of the same name, whose results are not its own: its settings, say."""


def _autoint(options: RankingOptions, *, network: bool = True, told: bool = True) -> Method:
    def make() -> RankingMethod:
        from training.protocols.autoint import AutoIntRanker  # which brings Keras along

        return AutoIntRanker(options, network=network, told=told)

    identity = f"version {RANKER_VERSION}, network={network}, told={told}, {options}"
    return Method(make, seeded=True, identity=identity)


ABLATIONS: Mapping[str, Method] = {
    **{f"autoint+-no-{part}": _autoint(RankingOptions(without=(part,))) for part in PARTS},
    **{
        f"autoint+-no-{name.replace('_', '-')}": _autoint(
            RankingOptions(matrices=tuple(kept for kept in MATRICES if kept != name))
        )
        for name in MATRICES
    },
    "autoint+-even-draws": _autoint(RankingOptions(by_linear=0.0)),
    "autoint+-no-newcomers": _autoint(RankingOptions(newcomer_every=NEVER)),
    "autoint+-untold": _autoint(RankingOptions(), told=False),
}
"""*autoint+* without one part of its network, without one of its item-item matrices, without films that
the linear ranker draws, without newcomers to learn from, and asked by people who tell nothing of
themselves: what each is worth. Measured when asked for."""

RANKERS: Mapping[str, Method] = {
    **{
        name: Method(partial(BaselineRanker, make), name in SEEDED)
        for name, make in BASELINES.items()
    },
    "linear": _autoint(RankingOptions(), network=False),
    "autoint+": _autoint(RankingOptions()),
    "autoint+-no-ease": _autoint(RankingOptions(matrices=NO_EASE)),
    "autoint+-plain-ease": _autoint(RankingOptions(matrices=PLAIN_EASE)),
    **ABLATIONS,
}
"""What ranks, by the names that the command line knows. A model that ranks is added here.

*linear* is the part of *autoint+* to which the network adds, so that what it adds can be told.
"""

USUAL: Mapping[str, tuple[str, ...]] = {
    "original": ("statistics",),
    "paper": ("wide",),
    "ids": ("statistics",),
    **{
        protocol: tuple(name for name in RANKERS if name not in ABLATIONS)
        for protocol in RANKING_PROTOCOLS
    },
}
"""What each protocol measures where nothing else is asked for."""


def method_names(protocol: str, asked: str | None) -> tuple[str, ...]:
    """The methods to measure by a protocol.

    Args:
        protocol: A key of `RANKING_PROTOCOLS` or `RATING_PROTOCOLS`.
        asked: Names separated by commas; none for the protocol's usual ones.

    Raises:
        RunError: If a name is not known, or not for this protocol.
    """
    if protocol in RANKING_PROTOCOLS:
        known = tuple(RANKERS)
    elif protocol in RATING_PROTOCOLS:
        from training.protocols.rating_methods import RATING_METHODS  # which brings Keras along

        known = tuple(RATING_METHODS)
    else:
        names = ", ".join([*RATING_PROTOCOLS, *RANKING_PROTOCOLS])
        raise RunError(f"--protocol should be one of {names}. Received: {protocol!r}.")
    if asked is None:
        return USUAL[protocol]
    return names_in(asked, known, f"--methods of --protocol {protocol}")
