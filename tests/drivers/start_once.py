"""Another process that starts one instance, or is killed at it: `start_once <driver> <install> <state> <spec>`."""

import base64
import pickle
import sys
from pathlib import Path

from factory.drivers import registry

if __name__ == "__main__":
    path, install, state, spec = sys.argv[1:]
    registry.load(path, install=install, state=Path(state)).start(pickle.loads(base64.b64decode(spec)))
