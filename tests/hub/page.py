"""Plain pages for the person who runs this Hub; they ask for no token."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from tests.hub.http import Answer, HubError, Request
from tests.hub.repository import Commit, Repository
from tests.hub.state import Hub
from tests.hub.write import page_url


def overview(hub: Hub, request: Request) -> Answer:
    """All repositories."""
    rows = [
        f'<li>{kind}: <a href="{page_url(hub, kind, name)}">{escape(name)}</a>'
        f"{' (private)' if repository.private else ''}</li>"
        for (kind, name), repository in sorted(hub.repositories.items())
    ]
    return _html("Repositories", f"<ul>{''.join(rows)}</ul>")


def repository(hub: Hub, request: Request, kind: str, name: str, rev: str = "main") -> Answer:
    """A repository's commits, files and README."""
    found = hub.repositories.get((kind or "models", name))
    if found is None:
        raise HubError(404, "RepoNotFound", "Repository not found")
    shown = found.find(rev)
    url = page_url(hub, found.kind, name)
    parts = [
        f"<p>{found.kind[:-1]}, {'private' if found.private else 'public'}, "
        f"{'gated' if found.gated else 'not gated'}</p>",
        f"<p>{escape(_refs(found))}</p>",
        f"<h2>Files at {shown.id[:12]}</h2><ul>{_files(shown, url)}</ul>",
        f"<h2>Commits</h2><ol>{_commits(found, shown, url)}</ol>",
    ]
    if found.space is not None:
        known = {"variables": found.space.variables, "secrets": dict.fromkeys(found.space.secrets)}
        parts.append(f"<h2>Space</h2><pre>{escape(str(known))}</pre>")
    readme = shown.files.get("README.md", b"").decode(errors="replace")
    parts.append(f"<h2>README.md</h2><pre>{escape(readme)}</pre>")
    return _html(name, "".join(parts))


def _refs(found: Repository) -> str:
    named = {"Branches": found.branches, "Tags": found.tags}
    return "; ".join(f"{word}: {', '.join(refs) or 'none'}" for word, refs in named.items())


def _files(commit: Commit, url: str) -> str:
    return "".join(
        f'<li><a href="{url}/resolve/{commit.id}/{quote(path)}">{escape(path)}</a>, '
        f"{len(data)} bytes{', LFS' if path in commit.apart else ''}</li>"
        for path, data in sorted(commit.files.items())
    )


def _commits(found: Repository, shown: Commit, url: str) -> str:
    return "".join(
        f'<li><a href="{url}/commit/{commit.id}">{commit.id[:12]}</a> {escape(commit.title)}, '
        f"{escape(commit.author)}, {commit.date}</li>"
        for commit in found.history(shown.id)
    )


def _html(title: str, body: str) -> Answer:
    head = f'<!doctype html><meta charset="utf-8"><title>{escape(title)}</title>'
    content = f"{head}<h1>{escape(title)}</h1>{body}".encode()
    return Answer(200, content, {"Content-Type": "text/html; charset=utf-8"})
