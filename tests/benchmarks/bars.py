"""The figures on ML-1M that this project's models are held to, and whether they are reached.

The bars of `paper` and `ids` are AutoInt+ as its paper and the DCN-V2 paper print it (arXiv 1810.11921,
arXiv 2008.13535); NDCG and recall of `topn` are those of iALS for the ranker without EASE, else of EASE.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd


@dataclass(frozen=True)
class Bar:
    """A figure that a method is held to: a number, or some times what another method reached.

    Raises:
        ValueError: If it has both `must` and `of`, or neither.
    """

    protocol: str
    """As `training.protocols` names it."""
    method: str
    """What is held to it."""
    metric: str
    """As the protocol names it."""
    must: float | None = None
    """The mean over seeds has to be at least this, or at most where lower is better."""
    beyond: float | None = None
    """More than is asked for: the best that is known, or an aim."""
    better: Literal["higher", "lower"] = "higher"
    """Which way is better."""
    of: str | None = None
    """A method of the same run, whose figure takes the place of `must`."""
    times: float = 1.0
    """How many times the figure of `of`."""

    def __post_init__(self) -> None:
        if (self.must is None) == (self.of is None):
            raise ValueError(
                "A bar should have one of `must` and `of`. Received: "
                f"must={self.must}, of={self.of}, for {self.method} by {self.protocol}."
            )


def _lower(protocol: str, method: str, metric: str, must: float, beyond: float) -> Bar:
    return Bar(protocol, method, metric, must, beyond, better="lower")


BARS: tuple[Bar, ...] = (
    Bar("original", "statistics", "auc", 0.8225, 0.8261),
    _lower("original", "statistics", "log_loss", 0.5055, 0.5005),
    Bar("original", "statistics", "original_ndcg_at_10", 0.6842, 0.6855),
    Bar("original", "statistics", "original_hit_rate_at_10", 0.6446, 0.6460),
    Bar("paper", "wide", "auc", 0.8488, 0.850),
    _lower("paper", "wide", "log_loss", 0.3753, 0.373),
    Bar("ids", "statistics", "auc", 0.8928, 0.9076),
    _lower("ids", "statistics", "log_loss", 0.3204, 0.3015),
    Bar("topn", "autoint+-no-ease", "ndcg_at_10", 0.1246),
    Bar("topn", "autoint+-no-ease", "recall_at_20", 0.1515),
    Bar("topn", "autoint+", "ndcg_at_10", 0.1403, 0.150),
    Bar("topn", "autoint+", "recall_at_20", 0.1675, 0.180),
    Bar("topn", "autoint+", "coverage_at_10", 0.20, 0.30),
    Bar("newcomers", "autoint+", "ndcg_at_10_given_5", of="popularity", times=1.5),
    *(
        Bar("newcomers", "autoint+", f"ndcg_at_10_given_{given}", of="ease")
        for given in (5, 10, 20)
    ),
    *(
        Bar("newcomers", "autoint+", f"ndcg_at_10_given_{given}", of="popularity")
        for given in (0, 1, 2, 10, 20)
    ),
)


@dataclass(frozen=True)
class Verdict:
    """What a bar's method came to."""

    bar: Bar
    """The bar."""
    must: float
    """The bar's number; for a relative bar what it came to in this run."""
    reached: float
    """The mean over seeds."""
    deviation: float | None
    """The seeds' standard deviation (of a sample); none of one seed."""

    @property
    def short(self) -> float:
        """How much is lacking; zero or less where the bar is met."""
        lacking = self.must - self.reached
        return lacking if self.bar.better == "higher" else -lacking

    @property
    def met(self) -> bool:
        """Whether the bar is met; a figure that is no number meets none."""
        return self.short <= 0

    @property
    def words(self) -> str:
        """The verdict as it is printed; what is met by less than the deviation may be so by chance."""
        if not self.met:
            return f"short by {self.short:.2g}"
        word, ahead = "met", -self.short
        if self.bar.beyond is not None:
            further = self.reached - self.bar.beyond
            further = further if self.bar.better == "higher" else -further
            if further >= 0:
                word, ahead = "beyond", further
        close = self.deviation is not None and ahead < self.deviation
        return f"{word}, within noise" if close else word

    def ratio(self, value: float) -> float:
        """A figure as a share of the bar, turned over where lower is better: met from 1 on."""
        over, under = (value, self.must) if self.bar.better == "higher" else (self.must, value)
        return over / under if under else math.nan


def judge(bars: Sequence[Bar], tables: Mapping[str, pd.DataFrame]) -> list[Verdict]:
    """Hold what was measured to the bars.

    Args:
        bars: The bars; those of other protocols are left out.
        tables: What `training.protocols.report.summary` makes, by protocol.
    """
    verdicts = []
    for bar in bars:
        if bar.protocol not in tables:
            continue
        table = tables[bar.protocol].set_index("method")
        means = table[bar.metric]
        deviations = table.get(f"{bar.metric}_std")
        deviation = None if deviations is None else deviations[bar.method]
        if bar.of is not None:
            must = bar.times * float(means[bar.of])
        else:
            assert bar.must is not None
            must = bar.must
        verdicts.append(
            Verdict(
                bar,
                must,
                float(means[bar.method]),
                None if pd.isna(deviation) else float(deviation),
            )
        )
    return verdicts
