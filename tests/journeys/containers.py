"""What befalls a node's container from outside."""

import docker


def kill_container(install: str, node: str) -> None:
    """End a node's container as a kernel out of memory does, without a word."""
    client = docker.APIClient()
    try:
        labels = [f"factory.install={install}", f"factory.node={node}"]
        (found,) = client.containers(filters={"label": labels})
        client.kill(found["Id"], signal="SIGKILL")
    finally:
        client.close()
