"""Bringing files of one commit into the cache, with progress."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock

from huggingface_hub import hf_hub_download

from space.errors import BundleError, Said
from space.hub.cache import Access
from space.hub.errors import told
from space.hub.repository import Kind, Snapshot
from space.stages import Stage

Report = Callable[[float | None, str], None]
"""Called with how far something has come (0 to 1, or `None`) and what is being done: a `Stage` where
that can be told in other languages."""

_AT_ONCE = 4


class Transfer:
    """Fetches files of one commit that are not in the cache yet.

    Args:
        snapshot: Where they should lie, and of which commit they are.
        kind: What they are, and how many bytes may come.
        sizes: Bytes of each file of the commit.
        access: Token and cache.
        report: Told how far it has come.

    Raises:
        PreparationError: If the cache cannot be looked into.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        kind: Kind,
        sizes: Mapping[str, int],
        access: Access,
        report: Report,
    ) -> None:
        self._snapshot, self._kind, self._access, self._report = snapshot, kind, access, report
        with told(snapshot.repository, kind):
            self._expected = sum(sizes.get(name, 0) for name in self._absent(kind.files))
        self._done = 0
        self._lock = Lock()

    def fetch(self, names: Collection[str], *, anew: bool = False) -> None:
        """Fetch those of the files that are not in the cache, or all of them anew.

        Raises:
            HubUnreachableError, PreparationError: As `told` raises them.
            BundleError: If more comes than the limit allows.
        """
        with (
            told(self._snapshot.repository, self._kind),
            ThreadPoolExecutor(_AT_ONCE, "fetch") as pool,
        ):
            for name in names if anew else ():
                # A file that someone has put in the place of the cache's link would stay.
                (self._snapshot.folder / name).unlink(missing_ok=True)
            # In the caller's context: there Gradio finds the visitor whom the progress is for.
            fetched = [
                pool.submit(copy_context().run, self._one, name, anew)
                for name in self._absent(names)
            ]
            try:
                for each in fetched:
                    each.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _absent(self, names: Collection[str]) -> list[str]:
        return [name for name in sorted(names) if not (self._snapshot.folder / name).exists()]

    def _one(self, name: str, anew: bool) -> None:
        hf_hub_download(
            self._snapshot.repository.id,
            name,
            repo_type=self._kind.type,
            revision=self._snapshot.sha,
            cache_dir=self._access.cache,
            token=self._access.token,
            force_download=anew,
            tqdm_class=_bar(self._moved),
        )

    def _moved(self, count: int) -> None:
        with self._lock:
            self._done += count
            done = self._done
        name = str(self._snapshot.repository)
        if done > self._kind.limit:
            raise BundleError(Said("hub_more", repository=name, limit=amount(self._kind.limit)))
        whole = max(self._expected, done, 1)
        stage = Stage("fetching", repository=name, done=amount(done), whole=amount(whole))
        self._report(done / whole, stage)


def amount(size: int) -> str:
    """A number of bytes as people read it."""
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6)):
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}"
    return f"{size / 1000:.0f} kB"


def _bar(moved: Callable[[int], None]) -> type:
    """What the client takes for the class of its progress bars: it shows nothing and counts bytes."""

    class Bar:
        def __init__(self, *_: object, **__: object) -> None: ...

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *_: object) -> None: ...

        def update(self, n: float | None = 1) -> None:
            moved(int(n or 0))

        def update_transfer(self, n: float | None = 1) -> None: ...

        def set_postfix_str(self, *_: object, **__: object) -> None: ...

        def set_transfer_postfix_str(self, *_: object, **__: object) -> None: ...

        def close(self) -> None: ...

    return Bar
