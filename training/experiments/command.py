"""The commands `experiments original`, `experiments run` and `experiments search`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from training.commands import (
    Cache,
    Data,
    DatasetAsForTrain,
    Progress,
    Shown,
    name_of,
    reporting,
    stopping_at_once,
)

experiments = typer.Typer(
    help="Train the models of a plan side by side, or search its ranges.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Out = Annotated[
    Path,
    typer.Option(
        file_okay=False,
        help="Folder for tables, plots and the best; the same command goes on, and keeps what is "
        "finished.",
    ),
]
ToRun = Annotated[
    str,
    typer.Argument(
        metavar="PLAN",
        help="A file of TOML, or the name of a plan of the package, such as original.",
    ),
]
Only = Annotated[
    str | None,
    typer.Option(help="Names of experiments, separated by commas; by default all of the plan."),
]
Models = Annotated[
    str | None,
    typer.Option(help="autoint, autoint+ or both, separated by a comma; by default the plan's."),
]
HowLabelled = Annotated[
    Literal["preference", "sampled"] | None,
    typer.Option(
        help="preference tells high ratings from low ones, sampled tells them from films that were "
        "drawn among the unrated; by default the plan's. Of drawn films no bundle is exported: it would "
        "not tell how likely somebody likes a film."
    ),
]
Epochs = Annotated[
    int | None, typer.Option(help="Epochs at the most, where the plan has more.", min=1)
]
Seed = Annotated[
    int, typer.Option(help="Seed of weights, dropout and the order of rows; rows stay.", min=0)
]


@experiments.command()
def original(
    out: Out,
    dataset: DatasetAsForTrain = None,
    data: Data = None,
    only: Only = None,
    models: Models = None,
    labelling: HowLabelled = None,
    epochs: Epochs = None,
    seed: Seed = 42,
    cache: Cache = None,
    progress: Shown = Progress.bar,
) -> None:
    """Run the ten experiments of the original course project, AutoInt beside AutoInt+.

    The best on the validation rows is exported as a bundle, unless films are drawn (--labelling
    sampled). After an interruption the same command goes on where it stopped.
    """
    run(
        plan="original",
        out=out,
        dataset=dataset,
        data=data,
        only=only,
        models=models,
        labelling=labelling,
        epochs=epochs,
        seed=seed,
        cache=cache,
        progress=progress,
    )


@experiments.command()
def run(
    plan: ToRun,
    out: Out,
    dataset: DatasetAsForTrain = None,
    data: Data = None,
    only: Only = None,
    models: Models = None,
    labelling: HowLabelled = None,
    epochs: Epochs = None,
    seed: Seed = 42,
    cache: Cache = None,
    progress: Shown = Progress.bar,
) -> None:
    """Run the experiments of a plan, as `original` does.

    An entry that the plan changes is trained anew, the others are kept.
    """
    # Here, since they bring much along, and training.cli imports this module.
    from training.experiments.plan_file import built_in, find_plan
    from training.experiments.report import table_of, text_table
    from training.experiments.run import ExperimentOptions, run_experiments
    from training.tables import in_columns

    with reporting(progress) as reporter, stopping_at_once(reporter):
        options = ExperimentOptions(
            find_plan(plan),
            plan if plan in built_in() else f"run {_shown(plan)}",
            dataset=name_of(dataset, data),
            only=only,
            models=models,
            labelling=labelling,
            epochs=epochs,
            seed=seed,
        )
        found = run_experiments(options, out, reporter, data=data, cache=cache)
    if progress is Progress.bar:
        typer.echo(in_columns({"": text_table(table_of(found), found.plan.metrics)}))


@experiments.command()
def search(
    plan: ToRun,
    out: Out,
    dataset: DatasetAsForTrain = None,
    data: Data = None,
    models: Models = None,
    labelling: HowLabelled = None,
    trials: Annotated[
        int | None,
        typer.Option(
            help="Trials of each model in the end, those of earlier calls included; by default the "
            "plan's.",
            min=1,
        ),
    ] = None,
    epochs: Epochs = None,
    seed: Seed = 42,
    cache: Cache = None,
    progress: Shown = Progress.bar,
) -> None:
    """Search a plan's ranges for the model that is best on the validation rows.

    A trial is given up whose best value so far is worse than the median of the finished trials' after as
    many epochs. After an interruption the same command goes on with the trial that was interrupted.
    """
    # Here for the same reason as in `run`.
    from training.experiments.plan_file import find_plan
    from training.experiments.run import ExperimentOptions
    from training.experiments.search import run_search
    from training.experiments.search_report import text_trials, trials_table
    from training.tables import in_columns

    with reporting(progress) as reporter, stopping_at_once(reporter):
        options = ExperimentOptions(
            find_plan(plan),
            f"search {_shown(plan)}",
            dataset=name_of(dataset, data),
            models=models,
            labelling=labelling,
            epochs=epochs,
            seed=seed,
        )
        found = run_search(options, out, reporter, trials=trials, data=data, cache=cache)
    if progress is Progress.bar:
        typer.echo(in_columns({"": text_trials(trials_table(found))}))


def _shown(plan: str) -> str:
    """A plan in the command that a report names: without the folders of this machine."""
    return Path(plan).name
