"""Measuring methods by a protocol, one after another; what is finished is never measured again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training import sources
from training.errors import RunError
from training.folder import claim, locked, read_json, write_json
from training.progress import Reporter
from training.protocols import RANKING_PROTOCOLS, RATING_PROTOCOLS
from training.protocols.cost import measured, seconds_of_epochs
from training.protocols.guard import check_ratings
from training.protocols.methods import RANKERS, Method, method_names
from training.protocols.ranker import RankingMethod
from training.protocols.ranking import measure
from training.protocols.report import Result, write_report
from training.protocols.task import RankingTask, ranking_task
from training.ratings import MovieLens

if TYPE_CHECKING:
    from training.protocols.bundle import BundleRanker

RESULT_VERSION = 3
"""Raised when a change of the code makes other figures out of equal options; where only the ranker's
change, `training.protocols.methods.RANKER_VERSION` is."""

FIRST_SEED = 42
BUNDLE, BUNDLE_ALONE = "bundle", "bundle-ranking-model"


@dataclass(frozen=True)
class EvaluateOptions:
    """What is measured."""

    protocol: str = "topn"
    """A key of `RANKING_PROTOCOLS` or `RATING_PROTOCOLS`."""
    dataset: str = "ml-100k"
    """Name of the data set, or a Hub repository."""
    methods: str | None = None
    """Names separated by commas, of `RANKERS` or `RATING_METHODS`; none for the protocol's usual."""
    bundle: Path | None = None
    """A bundle to measure beside them, by `topn`."""
    seeds: int = 3
    """How many seeds a method is measured with that depends on one."""
    epochs: int | None = None
    """Epochs at the most, for presets."""


def evaluate(
    options: EvaluateOptions,
    out: Path,
    reporter: Reporter,
    *,
    data: Path | None = None,
    cache: Path | None = None,
) -> list[Result]:
    """Measure methods and write the table; after an interruption the same call goes on.

    Args:
        options: What to measure.
        out: Folder for `results.csv`, `.json`, `.md` and `.png`, and a file for each finished method.
        reporter: Shows the progress.
        data: A folder or zip with the ratings, instead of fetching them.
        cache: Where fetched files are kept; by default in the user's cache folder.

    Returns:
        A result for each method and seed, in the order of the methods.

    Raises:
        DataError, SourceError: If the ratings cannot be had or read.
        RunError: If an option is not known, or the protocol cannot be followed.
        LeakError: If test rows reach a method.
    """
    names = method_names(options.protocol, options.methods)
    if options.bundle is not None and options.protocol != "topn":
        raise RunError(
            "--bundle is measured by the protocol topn alone: the other protocols fit anew. Received: "
            f"--protocol {options.protocol}. Leave --bundle out."
        )
    if options.epochs is not None and options.protocol in RANKING_PROTOCOLS:
        raise RunError(
            f"--epochs is for the protocols {', '.join(RATING_PROTOCOLS)}: rankers are fitted as by "
            f"`train`. Received: --epochs {options.epochs}. Leave --epochs out."
        )
    with locked(out, "evaluates", reporter):
        ratings = sources.load(options.dataset, data, reporter, cache)
        run = _Evaluation(options, out, reporter, ratings)
        results = list(
            run.ranked(names) if options.protocol in RANKING_PROTOCOLS else run.rated(names)
        )
        write_report(out, options.protocol, ratings, results, _command(options, data))
        reporter.note(f"Wrote {out / 'results.md'}, and .csv, .json and .png beside it")
    return results


def _as_it_is(ranker: BundleRanker) -> Method:
    """The method of a bundle, in which nothing is fitted."""
    return Method(lambda: ranker, seeded=False, identity=ranker.identity())


class _Evaluation:
    """One call's options, data and folder."""

    def __init__(
        self, options: EvaluateOptions, out: Path, reporter: Reporter, data: MovieLens
    ) -> None:
        self._options = options
        self._out = out
        self._reporter = reporter
        self._data = data
        self._fingerprint = data.fingerprint()
        claim(out, {"protocol": options.protocol, "fingerprint": self._fingerprint})
        self._task: RankingTask | None = None

    def ranked(self, names: tuple[str, ...]) -> Iterator[Result]:
        """Results of a ranking protocol."""
        bundle = self._bundle()  # one that cannot be measured is refused before hours of fitting
        for name, method in [*((name, RANKERS[name]) for name in names), *bundle.items()]:
            yield from self._rank(name, method)

    def _bundle(self) -> dict[str, Method]:
        """The bundle's methods, if there is one."""
        folder = self._options.bundle
        if folder is None:
            return {}
        from training.protocols.bundle import BundleRanker

        self._reporter.stage("Reading the bundle")
        ranker = BundleRanker(folder, self._fingerprint)
        if not ranker.has_ranking_model:
            return {BUNDLE: _as_it_is(ranker)}
        alone = BundleRanker(folder, self._fingerprint, likes=False)
        return {BUNDLE: _as_it_is(ranker), BUNDLE_ALONE: _as_it_is(alone)}

    def rated(self, names: tuple[str, ...]) -> Iterator[Result]:
        """Results of a protocol of likes."""
        from training.protocols.rating_methods import RATING_METHODS
        from training.protocols.rating_run import run_rating

        for name in names:
            identity = RATING_METHODS[name].identity
            for seed in self._seeds():
                key = self._key(name, seed, epochs=self._options.epochs, identity=identity)
                known, folder = self._known(name, seed, key)
                if known is None:
                    earlier = seconds_of_epochs(folder / "checkpoints")
                    with measured() as cost:
                        values = run_rating(
                            RATING_PROTOCOLS[self._options.protocol],
                            self._data,
                            name,
                            seed=seed,
                            epochs=self._options.epochs,
                            folder=folder,
                            reporter=self._reporter,
                        )
                    parameters = int(values.pop("parameters"))
                    seconds = earlier + cost.seconds
                    known = Result(name, seed, values, parameters, seconds, seconds, cost.peak_mib)
                    write_json(folder / "result.json", asdict(known))
                yield known

    def _rank(self, name: str, method: Method) -> Iterator[Result]:
        for seed in self._seeds() if method.seeded else (None,):
            key = self._key(name, seed, identity=method.identity)
            known, folder = self._known(name, seed, key)
            if known is None:
                known = self._measure(name, method.make(), seed, folder)
                write_json(folder / "result.json", asdict(known))
            yield known

    def _measure(self, name: str, ranker: RankingMethod, seed: int | None, folder: Path) -> Result:
        label = name if seed is None else f"{name}, seed {seed}"
        if self._task is None:
            self._reporter.stage("Splitting")
            protocol = RANKING_PROTOCOLS[self._options.protocol]
            self._task = ranking_task(protocol, self._data)
            # What every ranker is given, held to the test rows as the protocol itself names them.
            fitted = self._task.fitting.data.ratings
            check_ratings(fitted, self._data, protocol.split(self._data.ratings))
        values: dict[str, float] = {}
        earlier = seconds_of_epochs(folder / "checkpoints")
        with measured() as cost:
            self._reporter.stage(f"Fitting {label}")
            started = time.perf_counter()
            ranker.fit(
                self._task.fitting,
                seed=FIRST_SEED if seed is None else seed,
                folder=folder,
                reporter=self._reporter,
            )
            fit_seconds = time.perf_counter() - started
            self._reporter.stage(f"Measuring {label}")
            for round_name, asked in self._task.rounds.items():
                ending = f"_{round_name}" if round_name else ""
                found = measure(ranker, asked, self._reporter.update)
                values |= {metric + ending: value for metric, value in found.items()}
        seconds, fit_seconds = earlier + cost.seconds, earlier + fit_seconds
        self._reporter.note(f"{label}: {_in_words(values)}, {seconds:.0f} s")
        return Result(name, seed, values, ranker.parameters, seconds, fit_seconds, cost.peak_mib)

    def _seeds(self) -> range:
        return range(FIRST_SEED, FIRST_SEED + self._options.seeds)

    def _key(self, name: str, seed: int | None, **more: Any) -> dict[str, Any]:
        """What decides a result."""
        return {
            "version": RESULT_VERSION,
            "protocol": self._options.protocol,
            "fingerprint": self._fingerprint,
            "method": name,
            "seed": seed,
            **more,
        }

    def _known(
        self, name: str, seed: int | None, key: dict[str, Any]
    ) -> tuple[Result | None, Path]:
        """A result that is there already, and the method's folder, emptied of what is another's."""
        folder = self._out / "methods" / (name if seed is None else f"{name}-{seed}")
        record = folder / "key.json"
        if not record.exists() or read_json(record) != key:
            if record.exists():
                self._reporter.note(
                    f"{folder.name} is measured anew: what is there was measured otherwise."
                )
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            write_json(record, key)
        finished = folder / "result.json"
        if not finished.exists():
            return None, folder
        self._reporter.note(f"{folder.name} is measured already.")
        return Result(**read_json(finished)), folder


def _command(options: EvaluateOptions, data: Path | None) -> str:
    """The command that makes these figures, without this machine's paths."""
    parts = [
        f"python -m training evaluate --protocol {options.protocol} --dataset {options.dataset}",
        *(["--data PATH"] if data is not None else []),
        f"--methods {','.join(method_names(options.protocol, options.methods))}",
        *(["--bundle BUNDLE"] if options.bundle is not None else []),
        *([f"--epochs {options.epochs}"] if options.epochs is not None else []),
        f"--seeds {options.seeds} --out OUT",
    ]
    return " ".join(parts)


def _in_words(values: dict[str, float]) -> str:
    shown = list(values.items())[:3]
    return ", ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in shown)
