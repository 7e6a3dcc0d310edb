"""All that a Hub knows: accounts, tokens, repositories, and who may do what."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import RLock

from tests.hub.content import Files
from tests.hub.http import HubError, Request
from tests.hub.repository import Repository, Space

READ, WRITE = "repo.content.read", "repo.write"
"""Permissions that a fine-grained token can have."""


@dataclass(frozen=True)
class Account:
    """A user."""

    name: str
    orgs: Mapping[str, str] = field(default_factory=dict)
    """The user's role in each organisation: "read", "contributor", "write" or "admin"."""

    def may_write(self, namespace: str) -> bool:
        """Whether the user, with any token, can change what lies there."""
        return namespace == self.name or self.orgs.get(namespace, "read") != "read"

    def belongs(self, namespace: str) -> bool:
        """Whether the user can see what is private there."""
        return namespace == self.name or namespace in self.orgs


@dataclass(frozen=True)
class Token:
    """What a client shows to say who it is."""

    value: str = field(repr=False)
    account: Account
    role: str
    """"read", "write" or "fineGrained"."""
    scopes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The permissions of a fine-grained token, by namespace or `owner/name`."""

    def may_read(self, name: str) -> bool:
        """Whether it opens a private repository."""
        namespace = name.partition("/")[0]
        return self.account.belongs(namespace) and (
            self.role != "fineGrained" or bool(self._scope(name))
        )

    def may_write(self, name: str) -> bool:
        """Whether it lets a repository be changed or created."""
        return self.account.may_write(name.partition("/")[0]) and (
            self.role == "write" or (self.role == "fineGrained" and WRITE in self._scope(name))
        )

    def _scope(self, name: str) -> Sequence[str]:
        return [*self.scopes.get(name.partition("/")[0], ()), *self.scopes.get(name, ())]


class Hub:
    """A Hub, without the servers that make it reachable."""

    address = ""
    """Where it is reached; what `HF_ENDPOINT` should be."""
    storage_address = ""
    """Where files lie that are stored apart."""

    def __init__(self) -> None:
        self.repositories: dict[tuple[str, str], Repository] = {}
        """By kind ("models", "datasets" or "spaces") and `owner/name`."""
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Token] = {}
        self.page_size = 1000
        """Entries in one answer to a question for a tree, commits or repositories."""
        self.paid_spaces = False
        """Whether creating a Space that is not static is refused for want of a paid plan."""
        self.lock = RLock()
        """Held while a request is handled."""

    def account(self, name: str, orgs: Mapping[str, str] | None = None) -> Account:
        """Make a user, with a role in each of these organisations."""
        self.accounts[name] = Account(name, orgs or {})
        return self.accounts[name]

    def token(
        self, account: str, role: str = "write", scopes: Mapping[str, Sequence[str]] | None = None
    ) -> str:
        """Make a token for an account.

        Args:
            account: The user, who is made if there is none.
            role: "read", "write" or "fineGrained".
            scopes: What a fine-grained token may do, by namespace or `owner/name`; by default
                all that is the user's own.

        Returns:
            What the client sends.
        """
        user = self.accounts.get(account) or self.account(account)
        known = hashlib.sha256(f"{account} {role} {len(self.tokens)}".encode()).hexdigest()
        value = f"hf_{known[:34]}"
        self.tokens[value] = Token(value, user, role, scopes or {account: (READ, WRITE)})
        return value

    def add(
        self,
        kind: str,
        name: str,
        files: Files,
        private: bool = False,
        gated: str | bool = False,
    ) -> Repository:
        """Make a repository with these files, and no others, on its main branch."""
        repository = Repository(
            kind,
            name,
            private,
            "auto" if gated is True else gated,
            space=Space() if kind == "spaces" else None,
            lock=self.lock,
        )
        repository.commit(files, title="initial commit")
        self.repositories[kind, name] = repository
        return repository

    def space(self, name: str) -> Space:
        """What runs from a Space's repository."""
        space = self.repositories["spaces", name].space
        assert space is not None, name
        return space

    def who(self, request: Request) -> Token | None:
        """The token that a request shows, if any.

        Raises:
            HubError: If it is not a token of this Hub.
        """
        shown = request.headers.get("authorization")
        if shown is None:
            return None
        token = self.tokens.get(shown.removeprefix("Bearer "))
        if token is None:
            raise HubError(401, "", "Invalid credentials in Authorization header")
        return token

    def readable(self, request: Request, kind: str, name: str, content: bool = False) -> Repository:
        """A repository that the request may know of.

        Args:
            request: Who asks.
            kind: May be empty for a model.
            name: `owner/name`.
            content: Whether the files' content is asked for, which a gate keeps.

        Raises:
            HubError: If there is none, or not for the one who asks.
        """
        token = self.who(request)
        repository = self.repositories.get((kind or "models", name))
        if repository is None or (
            repository.private and not (token is not None and token.may_read(name))
        ):
            if token is None:
                raise HubError(401, "RepoNotFound", "Invalid username or password.")
            raise HubError(404, "RepoNotFound", "Repository not found")
        if content and repository.gated:
            if token is None:
                raise HubError(401, "GatedRepo", f"Access to {name} is restricted: log in")
            if not token.may_read(name) and token.account.name not in repository.granted:
                raise HubError(403, "GatedRepo", f"Access to {name} must be asked for first")
        return repository

    def writable(self, request: Request, kind: str, name: str) -> tuple[Repository, Token]:
        """A repository that the request may change, and the token that lets it.

        Raises:
            HubError: If there is none, or the one who asks may not.
        """
        repository = self.readable(request, kind, name)
        if "authorization" not in request.headers:
            raise HubError(401, "RepoNotFound", "Invalid username or password.")
        return repository, self.writer(request, name)

    def writer(self, request: Request, name: str) -> Token:
        """The token that lets a request change or create a repository.

        Raises:
            HubError: If it does not.
        """
        token = self.who(request)
        if token is None:
            raise HubError(401, "", "Invalid username or password.")
        if token.may_write(name):
            return token
        if token.account.may_write(name.partition("/")[0]):
            raise HubError(
                403, "", f"This token may not write to {name}: its role is {token.role!r}"
            )
        raise HubError(403, "", f"{token.account.name} has no right to write to {name}")
