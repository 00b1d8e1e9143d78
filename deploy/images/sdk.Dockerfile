# The base with what components build on: the contract and the sdk.
ARG BASE
FROM ${BASE}
COPY . /app
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /app
