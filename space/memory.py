"""Keeping the serving process small."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator

import pyarrow as pa

_M_TRIM_THRESHOLD, _M_ARENA_MAX = -1, -8
"""Parameters of glibc's `mallopt`, from its malloc.h."""


def limit_heaps() -> None:
    """Have threads share two heaps that shrink again. Does nothing where the C library is not glibc.

    By default glibc gives threads a heap each, eight for each core, and every one of them keeps what
    its largest request needed.
    """
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        library.mallopt(_M_ARENA_MAX, 2)
        library.mallopt(_M_TRIM_THRESHOLD, 1 << 20)


@contextlib.contextmanager
def released() -> Iterator[None]:
    """Give back at the end what was needed within; that takes a millisecond."""
    try:
        yield
    finally:
        release()


def release() -> None:
    """Give memory that is not used any more back to the system."""
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
