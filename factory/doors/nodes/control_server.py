"""One listening socket an instance: whoever can open it is that instance."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path

from components.contract.messages import CONTROL_SOCKET, Message
from factory.doors.nodes.control_link import ControlLink

logger = logging.getLogger(__name__)

MAX_PATH_BYTES = 107
"""What the kernel takes as the path of a Unix socket."""
_BACKLOG = 8
_ACCEPT_PAUSE_SECONDS = 0.5


class ControlServer:
    """Listens for instances and keeps the newest connection of each.

    Args:
        root: folder with one folder an instance, the one that is mounted into it.
        on_message: called with instance and message.
        on_lost: called with instance and why, when its connection is gone and no newer one took its place.
    """

    def __init__(
        self,
        root: Path,
        *,
        on_message: Callable[[str, Message], None],
        on_lost: Callable[[str, str], None],
    ) -> None:
        self._root = root
        self._on_message = on_message
        self._on_lost = on_lost
        self._listeners: dict[str, socket.socket] = {}
        self._links: dict[str, ControlLink] = {}

    @property
    def listening(self) -> frozenset[str]:
        """The instances that may connect."""
        return frozenset(self._listeners)

    def is_connected(self, instance: str) -> bool:
        """Whether the instance has a connection now."""
        return instance in self._links

    def listen(self, instance: str) -> None:
        """Bind the instance's socket, in place of what a former agent left; doing it again does nothing.

        Raises:
            OSError: the folder or the socket cannot be made.
        """
        if instance in self._listeners:
            return
        folder = self._root / instance
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        # A container's user is a foreign one: it must be able to enter, whatever our umask is.
        folder.chmod(0o755)
        path = folder / CONTROL_SOCKET
        if len(os.fsencode(path)) > MAX_PATH_BYTES:
            raise OSError(f"{path} is too long for a Unix socket: set FACTORY_SOCKETS to a shorter folder")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            _bind(listener, path)
            listener.listen(_BACKLOG)
            asyncio.get_running_loop().add_reader(listener.fileno(), self._accept, instance, listener)
        except BaseException:
            listener.close()
            raise
        self._listeners[instance] = listener

    def send(self, instance: str, message: Message, descriptors: tuple[int, ...] = ()) -> bool:
        """Send to an instance; takes the descriptors over. False where it is not connected."""
        link = self._links.get(instance)
        if link:
            return link.send(message, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        return False

    def disconnect(self, instance: str, why: str) -> None:
        """Close an instance's connection; it may dial again."""
        if link := self._links.get(instance):
            link.close(why)

    def forget(self, instance: str) -> None:
        """Stop listening, close the connection and remove the instance's folder."""
        if listener := self._listeners.pop(instance, None):
            asyncio.get_running_loop().remove_reader(listener.fileno())
            listener.close()
        self.disconnect(instance, "its time is over")
        folder = self._root / instance
        (folder / CONTROL_SOCKET).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            folder.rmdir()

    def close(self) -> None:
        """Close everything but leave the folders: the instances live on and dial again when an agent is back."""
        for listener in self._listeners.values():
            asyncio.get_running_loop().remove_reader(listener.fileno())
            listener.close()
        self._listeners.clear()
        for link in tuple(self._links.values()):
            link.close("the agent ends")

    def _accept(self, instance: str, listener: socket.socket) -> None:
        try:
            connection, _address = listener.accept()
        except BlockingIOError:
            return
        except OSError as error:
            # Out of descriptors: the connection waits in the backlog, and asking at once again would only spin.
            logger.error("%s: cannot accept its connection yet: %s", instance, error)
            loop = asyncio.get_running_loop()
            loop.remove_reader(listener.fileno())
            loop.call_later(_ACCEPT_PAUSE_SECONDS, self._accept_again, instance, listener)
            return
        older = self._links.pop(instance, None)
        self._links[instance] = ControlLink(instance, connection, on_message=self._hear, on_close=self._closed)
        if older:
            older.close("a newer connection took its place")

    def _accept_again(self, instance: str, listener: socket.socket) -> None:
        if self._listeners.get(instance) is listener:
            asyncio.get_running_loop().add_reader(listener.fileno(), self._accept, instance, listener)

    def _hear(self, link: ControlLink, message: Message) -> None:
        if self._links.get(link.instance) is link:
            self._on_message(link.instance, message)

    def _closed(self, link: ControlLink, why: str) -> None:
        newest = self._links.get(link.instance) is link
        logger.info("%s: connection closed: %s", link.instance, why)
        if newest:
            del self._links[link.instance]
            self._on_lost(link.instance, why)


def _bind(listener: socket.socket, path: Path) -> None:
    """Bind under another name and rename, so that there is a socket at every moment once there was one."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    listener.bind(str(draft))
    draft.chmod(0o666)
    draft.rename(path)
