"""A process that runs or searches a plan and may kill itself: the tests of resuming start it.

    python -m tests.training.experiments.worker run|search PLAN DATA OUT [EVENT NAME]

With an audit event of Python (`os.rename`, `shutil.rmtree`) and a name it is killed by SIGKILL just
before that happens to a file of this name.
"""

from __future__ import annotations

import sys
from pathlib import Path

import tensorflow as tf

from tests.training.fit_worker import die_at
from training.experiments.plan_file import read_plan
from training.experiments.run import ExperimentOptions, run_experiments
from training.experiments.search import run_search
from training.progress import JsonReporter


def main(work: str, plan: str, data: str, out: str, *kill: str) -> None:
    """Do the work."""
    tf.config.experimental.enable_op_determinism()
    if kill:
        die_at(*kill)
    do = {"run": run_experiments, "search": run_search}[work]
    options = ExperimentOptions(read_plan(Path(plan)), dataset="tiny")
    do(options, Path(out), JsonReporter(), data=Path(data))  # type: ignore[operator]


if __name__ == "__main__":
    main(*sys.argv[1:])
