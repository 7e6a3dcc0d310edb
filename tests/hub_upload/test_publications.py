"""What belongs to each repository."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from hub_upload import publications
from hub_upload.access import owner_of
from hub_upload.errors import Failure
from hub_upload.licences import is_restricted, terms
from hub_upload.publications import names_of_run
from hub_upload.space_files import gradio_version
from space.manifest import write_manifest
from tests.exports import Run, edit_json
from tests.hub_upload.conftest import DATASET, MODEL, SPACE, refusal, tree
from training.licences import LICENCES

ROOT = Path(__file__).parents[2]


def front_matter(card: str) -> dict[str, object]:
    head = re.match(r"---\n(.*?)\n---\n", card, re.DOTALL)
    assert head is not None
    content: dict[str, object] = yaml.safe_load(head[1])
    return content


def test_a_model_is_its_bundle_and_a_card(forbidden: Run) -> None:
    what = publications.model(forbidden.bundle, MODEL, dataset_repo=DATASET, tag="v1")
    assert what.files.keys() == {*tree(forbidden.bundle), "README.md"}
    assert (what.kind, what.repo_id, str(what)) == ("model", MODEL, f"model {MODEL}")
    assert front_matter(what.card)["datasets"] == [DATASET]
    assert not what.restricted
    assert what.notices == (terms(forbidden.data.facts),)
    assert not what.secrets
    assert not what.variables


@pytest.mark.parametrize(
    ("class_name", "name"), [("AutoInt", "AutoInt"), ("AutoIntPlus", "AutoInt+")]
)
def test_the_commit_names_the_model_as_the_bundle_has_it(
    free: Run, tmp_path: Path, class_name: str, name: str
) -> None:
    folder = shutil.copytree(free.bundle, tmp_path / "bundle")
    edit_json(folder / "config.json", lambda config: config.update(class_name=class_name))
    what = publications.model(folder, MODEL)
    assert what.message == f"{name} trained on {free.data.facts['name']}"
    assert f"# {name} on " in what.card


def test_a_space_has_a_title_that_is_true_of_either_model() -> None:
    assert front_matter(publications.space(SPACE, model=MODEL).card)["title"] == (
        "Films for you, by AutoInt"
    )


def test_a_data_set_is_its_tables_and_a_card(forbidden: Run, free: Run) -> None:
    what = publications.dataset(forbidden.dataset, DATASET, model_repo=MODEL)
    assert what.files.keys() == {*tree(forbidden.dataset), "README.md"}
    assert what.kind == "dataset"
    assert what.restricted
    assert what.notices == (terms(forbidden.data.facts),)
    allowed = publications.dataset(free.dataset, DATASET)
    assert not allowed.restricted
    assert allowed.notices == ()


def test_a_space_is_the_app_and_its_package_alone() -> None:
    what = publications.space(SPACE, model=f"{MODEL}@v1", dataset=DATASET)
    suffixes = (".py", ".css", ".js", ".json")
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "space").rglob("*")
        if path.suffix in suffixes
    }
    assert what.files.keys() == {"README.md", "app.py", "requirements.txt", *package}
    assert {"space/__init__.py", "space/recommender.py", "space/page/build.py"} < package
    for name, content in what.files.items():
        if isinstance(content, Path):
            source = "space/requirements.txt" if name == "requirements.txt" else name
            assert content.read_bytes() == (ROOT / source).read_bytes(), name
    assert what.variables == {"MODEL_REPO": f"{MODEL}@v1", "DATASET_REPO": f"{DATASET}@main"}
    assert what.reads == (("model", f"{MODEL}@v1"), ("dataset", f"{DATASET}@main"))
    assert what.secrets == {}


def test_a_space_without_a_data_set() -> None:
    what = publications.space(SPACE, model=MODEL)
    assert what.variables == {"MODEL_REPO": f"{MODEL}@main"}
    assert "datasets" not in front_matter(what.card)


def test_a_spaces_requirements_are_pinned_and_its_card_names_the_same_gradio() -> None:
    what = publications.space(SPACE, model=MODEL)
    content = what.files["requirements.txt"]
    assert isinstance(content, Path)
    lines = [line for line in content.read_text().splitlines() if not line.startswith("#")]
    pins = {}
    for line in filter(None, lines):
        (pin,) = Requirement(line).specifier
        assert pin.operator == "=="
        pins[Requirement(line).name] = pin.version
    card = front_matter(what.card)
    assert card["sdk"] == "gradio"
    assert card["sdk_version"] == pins["gradio"] == gradio_version()
    assert card["app_file"] == "app.py"
    assert card["models"] == [MODEL]
    assert {"huggingface-hub", "onnxruntime", "pandas", "pyarrow"} < pins.keys()


def test_a_spaces_token_is_in_no_file_and_no_repr() -> None:
    token = "hf_" + "x" * 34
    what = publications.space(SPACE, model=MODEL, token=token)
    assert what.secrets == {"HF_TOKEN": token}
    assert token not in repr(what)
    assert token not in str(what)
    for content in what.files.values():
        assert token.encode() not in (
            content if isinstance(content, bytes) else content.read_bytes()
        )


@pytest.mark.parametrize("name", LICENCES)
def test_the_licences_of_movielens(name: str) -> None:
    facts = LICENCES[name].facts()
    assert is_restricted(facts) == (name not in ("ml-32m", "ml-latest", "ml-latest-small"))
    assert facts["licence"] in terms({"name": name, **facts})
    assert facts["licence_url"] in terms(facts)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"licence": "Free for all"},
        {"redistribution": None},
        {"redistribution": True},
        {"redistribution": "Same Licence"},
        {"redistribution": "forbidden"},
    ],
)
def test_what_is_not_known_to_be_allowed_is_not(facts: dict[str, object]) -> None:
    assert is_restricted(facts)
    assert "licence" in terms(facts)


def test_a_model_is_bound_by_all_that_it_was_trained_on() -> None:
    mine, free, forbidden = (
        {"name": name, **LICENCES[name].facts()} for name in ("ml-latest", "ml-32m", "ml-100k")
    )
    assert not is_restricted({**mine, "also_trained_on": []})
    assert not is_restricted({**mine, "also_trained_on": [free]})
    assert is_restricted({**mine, "also_trained_on": [free, forbidden]})
    told = terms({**mine, "also_trained_on": [free, forbidden]})
    for facts in (mine, free, forbidden):
        assert (
            f"The licence of {facts['name']} ({facts['licence_url']}): {facts['licence']}" in told
        )


@pytest.mark.parametrize(
    "before", [None, "text", 1, {"redistribution": "same licence"}, [None], ["text"], [[]], [{}]]
)
def test_what_a_model_was_trained_on_that_cannot_be_read_is_not_known_to_be_allowed(
    before: object,
) -> None:
    facts = {"name": "ml-32m", **LICENCES["ml-32m"].facts(), "also_trained_on": before}
    assert is_restricted(facts)
    assert "No licence is recorded" in terms(facts)


def test_a_model_that_saw_forbidden_data_before_is_published_with_their_terms(bundle: Path) -> None:
    assert publications.model(bundle, MODEL).notices == ()
    before = {"name": "ml-100k", **LICENCES["ml-100k"].facts()}
    edit_json(bundle / "schema.json", lambda c: c["dataset"].update(also_trained_on=[before]))
    what = publications.model(bundle, MODEL)
    (notice,) = what.notices
    for name in ("ml-32m", "ml-100k"):
        assert LICENCES[name].facts()["licence"] in notice
    assert front_matter(what.card)["license_name"] == "ml-100k-licence"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PAR1 and nothing that follows", "parquet"),
        (b"PAR1" + b"\0" * 100 + b"PAR1", "parquet"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(
    dataset: Path, bundle: Path, content: bytes, kind: str
) -> None:
    for folder, publish in (
        (dataset, lambda: publications.dataset(dataset, DATASET)),
        (bundle, lambda: publications.model(bundle, MODEL)),
    ):
        (folder / "movies.parquet").write_bytes(content)
        write_manifest(folder)
        message = refusal(Failure.REFUSED, publish)
        assert "movies.parquet" in message
        assert kind in message


@pytest.mark.parametrize("facts", [[], "text", None, 1])
def test_a_schema_whose_facts_are_none_is_refused_or_unknown(bundle: Path, facts: object) -> None:
    edit_json(bundle / "schema.json", lambda content: content.update(dataset=facts))
    if facts == []:
        assert "No licence is recorded" in publications.model(bundle, MODEL).notices[0]
    else:
        refusal(Failure.REFUSED, lambda: publications.model(bundle, MODEL))


@pytest.mark.parametrize("tag", ["v 1", "v1'", "`v1`", "v1\nx"])
def test_a_tag_that_cannot_stand_on_a_card_is_refused(free: Run, tag: str) -> None:
    refusal(Failure.REFUSED, lambda: publications.model(free.bundle, MODEL, tag=tag))


def test_a_licence_with_a_token_in_it_is_not_quoted(dataset: Path, bundle: Path) -> None:
    token = "hf_" + "aB3" * 11
    for folder, publish in (
        (dataset, lambda: publications.dataset(dataset, DATASET)),
        (bundle, lambda: publications.model(bundle, MODEL)),
    ):
        name = "dataset.json" if folder == dataset else "schema.json"
        facts = json.loads((folder / name).read_text())
        (facts if folder == dataset else facts["dataset"])["licence"] = f"Ask with {token}"
        (folder / name).write_text(json.dumps(facts))
        write_manifest(folder)
        assert name in refusal(Failure.REFUSED, publish)


def test_a_card_with_a_token_in_it_is_refused(free: Run) -> None:
    name = "ada/hf_" + "aB3" * 11
    for publish in (
        lambda: publications.model(free.bundle, MODEL, dataset_repo=name),
        lambda: publications.dataset(free.dataset, DATASET, model_repo=name),
        lambda: publications.space(SPACE, model=name),
    ):
        assert "README.md" in refusal(Failure.REFUSED, publish)


def test_the_name_of_a_run(free: Run, bundle: Path) -> None:
    assert names_of_run(free.bundle.parent, "ada") == "ada/autoint-ml-32m"
    assert names_of_run(free.bundle.parent, "lab", "films") == "lab/films"
    for known, name in (
        ("ada/ratings@v1", "autoint-ratings-v1"),
        ("My  Ratings (new)", "autoint-my-ratings-new"),
        ("a--b..c", "autoint-a-b-c"),
        ("Füße", "autoint-f-e"),
        ("…", "autoint-movies"),
        (None, "autoint-movies"),
    ):
        edit_json(bundle / "schema.json", lambda c, known=known: c["dataset"].update(name=known))
        assert names_of_run(bundle.parent, "ada") == f"ada/{name}"
        assert owner_of(f"ada/{name}") == "ada"


def test_the_name_of_no_run(tmp_path: Path, free: Run) -> None:
    assert "finished run" in refusal(Failure.REFUSED, lambda: names_of_run(tmp_path, "ada"))
    for owner, name in (("ada/lab", None), ("", None), ("ada", "a/b"), ("ada", "a b")):
        refusal(Failure.REFUSED, lambda o=owner, n=name: names_of_run(free.bundle.parent, o, n))
