"""A Hub on this machine, for clients that are not changed for it.

It speaks the Hub's protocol over HTTP: a client that has `HF_ENDPOINT` set to its address, and
`HF_HUB_DISABLE_XET` to 1, can push and pull models, data sets and Spaces. In tests, the fixture
`hub` has one; `python -m tests.hub` runs one for a person.
"""

from tests.hub.content import DEFAULT_ATTRIBUTES, blob_id, sha256
from tests.hub.faults import Fault, Faults
from tests.hub.http import Answer, HubError, Request
from tests.hub.repository import Commit, Repository, Space
from tests.hub.server import HubServer
from tests.hub.state import Account, Hub, Token

__all__ = [
    "DEFAULT_ATTRIBUTES",
    "Account",
    "Answer",
    "Commit",
    "Fault",
    "Faults",
    "Hub",
    "HubError",
    "HubServer",
    "Repository",
    "Request",
    "Space",
    "Token",
    "blob_id",
    "sha256",
]
