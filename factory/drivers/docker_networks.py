"""The network of a run: made when its first instance needs it, removed when the run is over."""

import datetime
from pathlib import Path

import docker
from docker.errors import APIError

from factory.drivers.docker_client import EngineClients, explain
from factory.drivers.docker_seen import read_time
from factory.drivers.docker_spec import network_labels, network_name
from factory.drivers.driver import Labels, StartFailed
from factory.drivers.name_lock import hold_name

_LOCK_SECONDS = 30.0


def ensure_network(client: docker.APIClient, labels: Labels, *, lock: Path) -> str:
    """The name of the network of the run, made if there is none.

    Its members cannot reach each other (wires are the only way between nodes); the host reaches them all.

    Raises:
        StartFailed: the engine made none, usually for want of addresses.
        DriverUnavailable: another process holds the lock too long.
    """
    name = network_name(labels)
    with hold_name(lock, name, wait_seconds=_LOCK_SECONDS):
        # Docker lets two networks bear one name, so look and make must not be interleaved.
        if any(network["Name"] == name for network in client.networks(names=[name])):
            return name
        try:
            client.create_network(
                name,
                driver="bridge",
                options={"com.docker.network.bridge.enable_icc": "false"},
                labels=network_labels(labels),
                check_duplicate=True,
            )
        except APIError as error:
            raise StartFailed(
                f"No network could be made for run {labels.run}: {explain(error)}; "
                "stop runs that are over, or give the engine more default-address-pools"
            ) from error
    return name


def sweep_networks(
    clients: EngineClients,
    *,
    install: str,
    live_runs: frozenset[str],
    over: frozenset[str],
    now: datetime.datetime,
    grace: datetime.timedelta,
) -> list[str]:
    """Remove our networks of runs that are over and have no container left; returns their names.

    The grace spares a network made for a run that began after `live_runs` was read, unless it is known to be over.
    """
    removed: list[str] = []
    with clients.borrow() as client:
        ours = {"label": [f"factory.install={install}"]}
        peopled = {row["Labels"].get("factory.run") for row in client.containers(all=True, filters=ours)}
        for network in client.networks(filters=ours):
            run = network["Labels"].get("factory.run")
            made = read_time(network["Created"])
            is_new = made is not None and now - made < grace and run not in over
            if run in live_runs or run in peopled or is_new:
                continue
            try:
                client.remove_network(network["Id"])
            except APIError:
                # Gone already, or an instance joined it since: the next sweep looks again.
                continue
            removed.append(str(network["Name"]))
    return removed
