"""What is deployed, in a fresh environment that has only what a Space installs."""

from __future__ import annotations

import shutil
import subprocess
import venv
from pathlib import Path

import httpx

from tests.exports import Run
from tests.server import ROOT, running_app, wait_for


def test_the_deployed_files_serve_with_the_spaces_own_requirements(
    run: Run, tmp_path: Path
) -> None:
    """The builder of a Space installs `gradio[oauth,mcp]` together with the requirement list."""
    deployed = tmp_path / "deployed"
    deployed.mkdir()
    shutil.copy(ROOT / "app.py", deployed)
    shutil.copytree(
        ROOT / "space", deployed / "space", ignore=shutil.ignore_patterns("__pycache__")
    )
    requirements = deployed / "space" / "requirements.txt"
    pinned = next(
        line for line in requirements.read_text().splitlines() if line.startswith("gradio==")
    )
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    extras = pinned.replace("gradio", "gradio[oauth,mcp]")
    subprocess.run([*command, extras, "-r", requirements], check=True)

    imported = subprocess.run(
        [python, "-c", "import app, sys; print('tensorflow' in sys.modules)"],
        cwd=deployed,
        capture_output=True,
        text=True,
        check=True,
    )
    assert imported.stdout.strip() == "False"
    with running_app(
        "--bundle",
        str(run.bundle),
        "--dataset",
        str(run.dataset),
        python=[str(python)],
        root=deployed,
    ) as address:
        wait_for(address, "loaded")
        call = httpx.post(
            f"{address}/gradio_api/call/recommend", json={"data": [1, None, None, [], "any", 5]}
        )
        event = call.json()["event_id"]
        answer = httpx.get(f"{address}/gradio_api/call/recommend/{event}", timeout=30).text
        assert "event: complete" in answer
        assert '"rank": 5' in answer
    with running_app(python=[str(python)], root=deployed) as address:
        assert wait_for(address, "failed")["status"] == "ok"
