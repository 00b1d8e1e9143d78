"""A component that needs a secret, beside the real ones, and a pipeline of it."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOY = ROOT / "tests" / "components_sdk" / "toys" / "keyed"
REFERENCE = "secret:stream_key"
KEYED = f"""
api_version: 1
name: keyed
nodes:
  keyed: {{component: keyed@1.0.0, parameters: {{key: "{REFERENCE}", note: "secret:stream_key"}}}}
"""
"""Its note only looks like a reference: it is declared as plain text, and stays what it is."""


def put_beside(components: Path, folder: Path) -> Path:
    """A folder of components with the toy among them."""
    (folder / "gateways").mkdir(parents=True)
    for shelf in ("transforms", "sinks"):
        (folder / shelf).symlink_to(components / shelf)
    for component in (components / "gateways").glob("[a-z]*"):
        (folder / "gateways" / component.name).symlink_to(component)
    shutil.copytree(TOY, folder / "gateways" / "keyed", ignore=shutil.ignore_patterns("__pycache__"))
    return folder
