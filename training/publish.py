"""Publishing a run on the Hub when its training has ended, by what `hub_upload` does."""

from __future__ import annotations

from pathlib import Path

from hub_upload import PublishError, Pushed, check_access, push_dataset, push_model
from training.progress import Reporter

__all__ = ["PublishError", "check_access", "publish_run"]


def publish_run(run: Path, repo_id: str, reporter: Reporter) -> None:
    """Publish the model and the data set of a finished run, both under one name.

    Args:
        run: The run's folder.
        repo_id: `owner/name`.
        reporter: Shows the progress.

    Raises:
        PublishError: Saying what happened, and what is published already.
    """
    reporter.stage("Publishing")
    model = push_model(run / "bundle", repo_id, dataset_repo=repo_id, say=reporter.note)
    _note(model, reporter)
    try:
        dataset = push_dataset(run / "dataset", repo_id, model_repo=repo_id, say=reporter.note)
    except PublishError as error:
        published = f"{error} The model is published ({model.sha[:7]})."
        raise PublishError(error.failure, published) from None
    _note(dataset, reporter)


def _note(pushed: Pushed, reporter: Reporter) -> None:
    there = "" if pushed.changed else " (it was there already; no commit was made)"
    reporter.note(f"Published {pushed.url} at {pushed.sha}{there}")
