"""The peer: component images started one after the other by the engine alone, each until its ready line."""

import shutil
import socket
import tempfile
import time
from pathlib import Path

import docker

from components.contract.control_socket import Receiver, send
from components.contract.manifest import Manifest
from components.contract.messages import CONTROL_DIRECTORY, CONTROL_SOCKET, UP, Configure, Hello, Report
from components.contract.node_states import NodeState

_PATIENCE = 30.0


def start_until_ready(client: docker.APIClient, image: str, manifest: Manifest) -> str:
    """`docker run` of an image with no network, answered as the agent answers; returns its id once it is ready."""
    folder = Path(tempfile.mkdtemp(prefix="pf-bare-"))
    folder.chmod(0o755)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(folder / CONTROL_SOCKET))
        (folder / CONTROL_SOCKET).chmod(0o666)
        listener.listen(1)
        listener.settimeout(_PATIENCE)
        host = client.create_host_config(network_mode="none", binds={str(folder): {"bind": CONTROL_DIRECTORY}})
        created = client.create_container(image, host_config=host, user="65534:65534")
        client.start(created["Id"])
        connection, _ = listener.accept()
        _configure_until_ready(connection, manifest)
        return str(created["Id"])
    finally:
        listener.close()
        shutil.rmtree(folder, ignore_errors=True)


def _configure_until_ready(connection: socket.socket, manifest: Manifest) -> None:
    connection.settimeout(_PATIENCE)
    receiver = Receiver(connection, UP)
    ports = {
        "inputs": {name: _port(port.type, port.formats) for name, port in manifest.inputs.items()},
        "outputs": {name: _port(port.type, port.formats) for name, port in manifest.outputs.items()},
    }
    deadline = time.monotonic() + _PATIENCE
    try:
        while time.monotonic() < deadline:
            for message, _descriptors in receiver.receive() or ():
                if isinstance(message, Hello):
                    clock = {"hello_ns": message.clock_ns, "agent_ns": time.monotonic_ns()}
                    send(connection, Configure(1, manifest.with_defaults({}), ports, clock))
                elif isinstance(message, Report) and message.state == NodeState.READY:
                    return
        raise TimeoutError(f"{manifest.name} was not ready within {_PATIENCE:.0f} s")
    finally:
        receiver.close()


def _port(media_type: str, formats: object) -> dict[str, object]:
    return {"type": media_type, "formats": list(formats), "wires": 0}  # type: ignore[call-overload]
