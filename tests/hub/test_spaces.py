"""Spaces, through the unmodified client."""

from __future__ import annotations

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from tests.hub import HubServer

SPACE = "ada/space"


@pytest.fixture
def api(writer: str) -> HfApi:
    return HfApi(token=writer)


def create(api: HfApi, **options: object) -> None:
    api.create_repo(SPACE, repo_type="space", space_sdk="gradio", **options)


def push(api: HfApi) -> None:
    api.upload_file(path_or_fileobj=b"app", path_in_repo="app.py", repo_id=SPACE, repo_type="space")


def test_a_space_is_made_with_what_it_needs(hub: HubServer, api: HfApi) -> None:
    create(
        api,
        private=True,
        space_hardware="cpu-upgrade",
        space_variables=[{"key": "MODEL", "value": "ada/model", "description": "Which"}],
        space_secrets=[{"key": "HF_TOKEN", "value": "hidden"}],
    )
    space = hub.space(SPACE)
    assert (space.sdk, space.hardware) == ("gradio", "cpu-upgrade")
    assert (space.variables, space.secrets) == ({"MODEL": "ada/model"}, {"HF_TOKEN": "hidden"})
    assert api.get_space_variables(SPACE)["MODEL"].description == "Which"
    info = api.space_info(SPACE)
    assert (info.sdk, info.private, info.runtime.stage) == ("gradio", True, "NO_APP_FILE")


def test_a_space_that_must_be_paid_for_is_refused(hub: HubServer, api: HfApi) -> None:
    hub.paid_spaces = True
    with pytest.raises(HfHubHTTPError) as caught:
        create(api)
    assert caught.value.response.status_code == 402
    with pytest.raises(HfHubHTTPError, match="402"):
        create(api, exist_ok=True)
    api.create_repo("ada/page", repo_type="space", space_sdk="static")
    hub.add("spaces", SPACE, {"app.py": b""})
    create(api, exist_ok=True)


def test_variables_and_secrets_come_and_go(hub: HubServer, api: HfApi) -> None:
    create(api)
    api.add_space_variable(SPACE, "A", "1")
    told = api.add_space_variable(SPACE, "B", "2", description="Two")
    assert {key: variable.value for key, variable in told.items()} == {"A": "1", "B": "2"}
    assert set(api.delete_space_variable(SPACE, "A")) == {"B"}
    api.add_space_secret(SPACE, "S", "hidden", description="Secret")
    assert hub.space(SPACE).secrets == {"S": "hidden"}
    told = api.get_space_secrets(SPACE)
    assert {key: secret.description for key, secret in told.items()} == {"S": "Secret"}
    assert "hidden" not in str(told)
    api.delete_space_secret(SPACE, "S")
    assert hub.space(SPACE).secrets == {}


def test_a_space_starts_anew_with_each_commit(hub: HubServer, api: HfApi) -> None:
    create(api)
    assert api.get_space_runtime(SPACE).stage == "NO_APP_FILE"
    for _ in range(2):
        push(api)
        stages = [api.get_space_runtime(SPACE).stage for _ in range(4)]
        assert stages == ["BUILDING", "APP_STARTING", "RUNNING", "RUNNING"]
        hub.repositories["spaces", SPACE].commit({})
    push(api)
    runtime = api.wait_for_space(SPACE, timeout=5, poll_interval=0.01)
    assert (runtime.stage, runtime.hardware) == ("RUNNING", "cpu-basic")
    assert runtime.raw["sha"] == hub.repositories["spaces", SPACE].head()


def test_a_space_fails_as_told(hub: HubServer, api: HfApi) -> None:
    create(api)
    push(api)
    space = hub.space(SPACE)
    space.stages = ["BUILDING", "BUILD_ERROR"]
    space.error_message = "no such package"
    space.build_log = ["Collecting", "no such package"]
    space.run_log = ["never"]
    runtime = api.wait_for_space(SPACE, timeout=5, poll_interval=0.01)
    assert runtime.stage == "BUILD_ERROR"
    assert runtime.raw["errorMessage"] == "no such package"
    assert list(api.fetch_space_logs(SPACE, build=True)) == ["Collecting\n", "no such package\n"]
    assert list(api.fetch_space_logs(SPACE)) == ["never\n"]
    space.stages = ["RUNNING"]
    assert api.restart_space(SPACE, factory_reboot=True).stage == "RUNNING"
    assert space.restarts == 1


def test_the_machine_can_be_changed(hub: HubServer, api: HfApi) -> None:
    create(api)
    runtime = api.request_space_hardware(SPACE, "t4-small", sleep_time=600)
    assert (runtime.requested_hardware, runtime.sleep_time) == ("t4-small", 600)
    assert api.set_space_sleep_time(SPACE, 900).sleep_time == 900
    assert (hub.space(SPACE).hardware, hub.space(SPACE).sleep_time) == ("t4-small", 900)


def test_a_readers_token_sees_no_secrets_and_sets_nothing(hub: HubServer, api: HfApi) -> None:
    create(api)
    reader = HfApi(token=hub.token("ada", "read"))
    reader.get_space_runtime(SPACE)
    for call in (
        lambda: reader.get_space_secrets(SPACE),
        lambda: reader.add_space_variable(SPACE, "A", "1"),
        lambda: reader.restart_space(SPACE),
        lambda: list(reader.fetch_space_logs(SPACE)),
    ):
        with pytest.raises(HfHubHTTPError, match="403"):
            call()
