"""Files and pages over plain HTTP."""

from __future__ import annotations

import httpx

from tests.hub import HubServer

FILES = {
    "config.json": b"{}",
    "model.weights.h5": bytes(range(256)) * 300,
    "plots/notes.txt": b"flat",
}


def test_a_file_is_read_in_parts(hub: HubServer) -> None:
    hub.add("models", "ada/model", FILES)
    with httpx.Client(base_url=hub.address, follow_redirects=True) as client:
        for path in ("plots/notes.txt", "model.weights.h5"):
            data, url = FILES[path], f"/ada/model/resolve/main/{path}"
            part = client.get(url, headers={"Range": "bytes=1-2"})
            assert (part.status_code, part.content) == (206, data[1:3])
            assert part.headers["Content-Range"] == f"bytes 1-2/{len(data)}"
            assert client.get(url, headers={"Range": "bytes=2-"}).content == data[2:]
            assert client.get(url, headers={"Range": "bytes=-3"}).content == data[-3:]
            beyond = client.get(url, headers={"Range": f"bytes={len(data)}-"})
            assert beyond.status_code == 416


def test_a_head_request_tells_where_a_file_lies(hub: HubServer) -> None:
    repository = hub.add("models", "ada/model", FILES)
    with httpx.Client(base_url=hub.address) as client:
        plain = client.head("/ada/model/resolve/main/config.json")
        apart = client.head("/ada/model/resolve/main/model.weights.h5")
        same = {"If-None-Match": plain.headers["ETag"]}
        assert client.get("/ada/model/resolve/main/config.json", headers=same).status_code == 304
    assert (plain.status_code, plain.headers["Content-Length"]) == (200, "2")
    assert plain.headers["X-Repo-Commit"] == repository.head()
    assert apart.status_code == 302
    assert apart.headers["X-Linked-Size"] == "76800"
    assert apart.headers["Location"].startswith(hub.storage_address)


def test_a_page_shows_a_repository_to_a_person(hub: HubServer) -> None:
    repository = hub.add("spaces", "ada/space", {"README.md": b"# <b>"}, private=True)
    page = httpx.get(f"{hub.address}/spaces/ada/space").text
    assert "# &lt;b&gt;" in page
    assert "private" in page
    assert repository.head()[:12] in page
    assert f"{hub.address}/spaces/ada/space" in httpx.get(hub.address).text
