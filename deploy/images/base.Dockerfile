# What every instance shares: Python, a font to draw text with, and the packages of components/requirements.txt.
# BASE is python:3.11-slim-bookworm where a registry answers, else the same Debian from its packages.
ARG BASE
FROM ${BASE}
RUN test -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf || { \
        apt-get update && apt-get install --no-install-recommends -y fonts-dejavu-core && rm -rf /var/lib/apt/lists/*; }
COPY . /opt/packages
# Compiled ahead, and never compared with the source again: half of an instance's start would go there.
# Debian compiles Python's own library itself, the registry's image has it uncompiled.
RUN compile="python3 -m compileall -q --invalidation-mode unchecked-hash" && $compile /opt/packages && \
    library="$(dirname "$(python3 -c 'import os; print(os.__file__)')")" && \
    { test -d "$library/asyncio/__pycache__" || $compile -x '/(test|tests|idlelib|lib2to3|ensurepip)/' "$library"; }
ENV PYTHONPATH=/opt/packages PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
