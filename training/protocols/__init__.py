"""Protocols: which ratings a method may see, what it is asked, and how the answer is measured.

Figures of different protocols never stand in one table.
"""

from __future__ import annotations

from collections.abc import Mapping

from training.protocols.newcomers import NEWCOMERS
from training.protocols.rating import IDS, ORIGINAL, PAPER, RatingProtocol
from training.protocols.task import RankingProtocol
from training.protocols.topn import TOPN

RATING_PROTOCOLS: Mapping[str, RatingProtocol] = {
    protocol.name: protocol for protocol in (ORIGINAL, PAPER, IDS)
}
"""Protocols that ask how probable a like is, for films that the user did rate."""

RANKING_PROTOCOLS: Mapping[str, RankingProtocol] = {
    protocol.name: protocol for protocol in (TOPN, NEWCOMERS)
}
"""Protocols that ask for the films that a user will like, out of all."""
