"""Who is publishing, and whether they may, asked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from huggingface_hub import HfApi

from hub_upload.errors import CLIENT_ERRORS, Failure, PublishError, explained

WRITING_ROLES = frozenset({"admin", "write", "contributor"})
"""Roles in an organisation that may write to its repositories."""

_REPO_ID = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


@dataclass(frozen=True)
class Account:
    """The owner of a token."""

    name: str
    """The user's name."""
    organisations: Mapping[str, str | None] = field(default_factory=dict)
    """The role in each organisation; none where the Hub does not say."""
    role: str | None = None
    """The token's: "read", "write" or "fineGrained"; none where the Hub does not say."""

    def check(self, repo_id: str) -> None:
        """Refuse what the Hub would refuse later.

        Raises:
            PublishError: If the token is read-only, or the owner is neither the user nor an
                organisation in which the user may write.
        """
        owner = owner_of(repo_id)
        if self.role == "read":
            raise PublishError(
                Failure.FORBIDDEN,
                f"The token of {self.name} may only read; {repo_id} needs one with the role `write`.",
            )
        if owner == self.name:
            return
        if owner not in self.organisations:
            raise PublishError(
                Failure.FORBIDDEN,
                f"{repo_id}: its owner should be {' or '.join([self.name, *self.organisations])}, the "
                "token's user or an organisation of theirs.",
            )
        role = self.organisations[owner]
        if role is not None and role not in WRITING_ROLES:
            raise PublishError(
                Failure.FORBIDDEN,
                f"{repo_id}: {self.name} has the role `{role}` in {owner} and may not write there.",
            )


def sign_in(api: HfApi) -> Account:
    """Ask the Hub whose token this is.

    Raises:
        PublishError: If there is none, the Hub does not know it, or cannot be asked.
    """
    try:
        answer = api.whoami()
    except CLIENT_ERRORS as error:
        raise explained(error, "Nothing was pushed") from None
    token = answer.get("auth", {}).get("accessToken", {})
    return Account(
        name=answer["name"],
        organisations={
            entry["name"]: entry.get("roleInOrg")
            for entry in answer.get("orgs", ())
            if "name" in entry
        },
        role=token.get("role"),
    )


def owner_of(repo_id: str) -> str:
    """The part before the slash.

    Raises:
        PublishError: If the name is not `owner/name`.
    """
    if not _REPO_ID.fullmatch(repo_id):
        raise PublishError(
            Failure.REFUSED, f"A repository should be named owner/name. Received: {repo_id!r}"
        )
    return repo_id.partition("/")[0]
