"""Gives instances files to write, holds them to their quota, and stores the files when they are closed."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from components.contract.messages import Artifact, Drain, Message, Refused
from factory.doors.nodes.artifact_files import ArtifactFile, ArtifactRefused, find_partials, open_partial, reopen, store

logger = logging.getLogger(__name__)

MAX_OPEN = 16
"""Files that one instance may have open at once."""

Send = Callable[[str, Message, tuple[int, ...]], bool]


class ArtifactRecords(Protocol):
    """Where it is noted that a file was opened and closed."""

    def opened(self, file: ArtifactFile, media_type: str) -> None:
        """A file is being written."""

    def closed(self, file: ArtifactFile, size: int, *, complete: bool) -> None:
        """A file is stored; `complete` tells whether the component closed it itself and within its quota."""


class ArtifactDesk:
    """The files that instances on this host are writing.

    Args:
        root: the artifact store.
        send: hands a message and descriptors to an instance.
        records: told of every file.
    """

    def __init__(self, root: Path, *, send: Send, records: ArtifactRecords) -> None:
        self._root = root
        self._send = send
        self._records = records
        self._open: dict[tuple[str, str], ArtifactFile] = {}
        self._quota: dict[str, int] = {}
        self._over: set[tuple[str, str]] = set()

    def adopt(self, instance_name: Callable[[str, str, int], str]) -> None:
        """Take over the files that a former agent had given out.

        Args:
            instance_name: of a run, a node and an attempt.
        """
        for file in find_partials(self._root):
            self._open[instance_name(file.run, file.node, file.attempt), file.id] = file

    def writers(self) -> frozenset[str]:
        """The instances that have a file open."""
        return frozenset(instance for instance, _id in self._open)

    def wanted(
        self, instance: str, *, run: str, node: str, attempt: int, quota_bytes: int, body: dict[str, str]
    ) -> None:
        """An instance asks for a file: it gets a descriptor, or is told why not."""
        identity, name, media_type = str(body["id"]), str(body["name"]), str(body.get("media_type", ""))
        try:
            file, descriptor = self._give(instance, run, node, attempt, quota_bytes, identity, name)
        except (ArtifactRefused, OSError) as error:
            logger.warning("%s: no file %r: %s", instance, name, error)
            self._send(instance, Refused(id=identity, reason=str(error)), ())
            return
        self._quota[instance] = quota_bytes
        self._records.opened(file, media_type)
        self._send(instance, Artifact(id=identity, name=file.name, quota_bytes=quota_bytes), (descriptor,))

    def _give(
        self, instance: str, run: str, node: str, attempt: int, quota_bytes: int, identity: str, name: str
    ) -> tuple[ArtifactFile, int]:
        known = self._open.get((instance, identity))
        if known:
            # It asks again because our answer was lost with its connection, or with the agent before us.
            return known, reopen(known)
        if quota_bytes <= 0:
            raise ArtifactRefused("the manifest asks for no files: set permissions.artifact_mib")
        if sum(1 for owner, _id in self._open if owner == instance) >= MAX_OPEN:
            raise ArtifactRefused(f"{MAX_OPEN} files are open already; close one first")
        file, descriptor = open_partial(self._root, run=run, node=node, attempt=attempt, id=identity, name=name)
        self._open[instance, identity] = file
        return file, descriptor

    def knows_quota(self, instance: str, quota_bytes: int) -> None:
        """What an instance whose files were adopted may write."""
        self._quota[instance] = quota_bytes

    def closed(self, instance: str, identity: str) -> None:
        """An instance has closed a file; closing one that is not open does nothing."""
        over = (instance, identity) in self._over
        self._store(instance, identity, complete=not over)

    def ended(self, instance: str) -> None:
        """An instance is over: what it had open is stored as it is."""
        for owner, identity in list(self._open):
            if owner == instance:
                self._store(owner, identity, complete=False)
        self._quota.pop(instance, None)

    def check_quotas(self) -> None:
        """Tell instances whose file has grown over the quota to drain, once."""
        for (instance, identity), file in self._open.items():
            quota = self._quota.get(instance, 0)
            if not quota or (instance, identity) in self._over:
                continue
            try:
                size = file.partial.stat().st_size
            except OSError:
                continue
            if size > quota:
                self._over.add((instance, identity))
                reason = f"{file.name} has {size} bytes, over the quota of {quota}: raise permissions.artifact_mib"
                logger.warning("%s: %s", instance, reason)
                self._send(instance, Refused(id=identity, reason=reason), ())
                self._send(instance, Drain(), ())

    def _store(self, instance: str, identity: str, *, complete: bool) -> None:
        file = self._open.pop((instance, identity), None)
        self._over.discard((instance, identity))
        if not file:
            return
        try:
            size = store(file)
        except OSError:
            logger.exception("%s: cannot store %s", instance, file.partial)
            return
        self._records.closed(file, size, complete=complete)
