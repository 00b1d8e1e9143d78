"""What a component may do, in words for people who did not write it. Pure."""

import dataclasses

from components.contract.manifest import Manifest


@dataclasses.dataclass(frozen=True)
class Permission:
    """One thing that it may do, or may not; `needs_trust` where it reaches beyond its wires."""

    words: str
    needs_trust: bool


def permissions_of(manifest: Manifest) -> list[Permission]:
    """What to know before it is placed, the most reaching first."""
    found = []
    if manifest.endpoint == "whip":
        words = "Has a public address at which people who were given a token send picture and sound (WHIP)."
        found.append(Permission(words, needs_trust=True))
    if manifest.endpoint == "whep":
        words = "Has a public address at which people who were given a token watch (WHEP)."
        found.append(Permission(words, needs_trust=True))
    if manifest.permissions.network == "run":
        found.append(Permission("Reaches the network: it can open connections to elsewhere.", needs_trust=True))
    else:
        found.append(Permission("Reaches no network; only what its wires carry.", needs_trust=False))
    secrets = [parameter.title for parameter in manifest.parameters.values() if parameter.secret]
    if secrets:
        named = ", ".join(secrets)
        found.append(Permission(f"Is handed the secrets that you name for it: {named}.", needs_trust=True))
    quota = manifest.permissions.artifact_mib
    if quota:
        found.append(Permission(f"Writes files of the run, each of at most {_size(quota)}.", needs_trust=True))
    else:
        found.append(Permission("Writes no files.", needs_trust=False))
    words = "Runs as nobody with a read-only disk, and sees neither this machine nor other runs."
    found.append(Permission(words, needs_trust=False))
    return found


def resources_of(manifest: Manifest) -> list[tuple[str, str]]:
    """What one instance is given, as names and values."""
    resources, runtime = manifest.resources, manifest.runtime
    return [
        ("Memory", _size(resources.memory_mib)),
        ("Processors", f"{resources.cpus:g}"),
        ("Processes and threads", str(resources.pids)),
        ("Ready within", f"{runtime.ready_seconds} s"),
        ("Time to write out at the end", f"{runtime.stop_seconds} s"),
    ]


def _size(mebibytes: int) -> str:
    return f"{mebibytes / 1024:g} GiB" if mebibytes >= 1024 else f"{mebibytes} MiB"
