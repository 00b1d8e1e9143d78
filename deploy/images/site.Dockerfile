# The product itself: web, worker, beat and agent are one image. BASE is that of the components.
ARG BASE
FROM ${BASE}
COPY packages /opt/site
# Folders that volumes are laid over; a volume that is new takes their owner over.
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /opt/site && \
    groupadd --gid 10001 factory && useradd --uid 10001 --gid factory --no-create-home --home-dir /var/lib/factory factory && \
    install -d -o factory -g factory -m 0750 /var/lib/factory /var/lib/factory/state /var/lib/factory/artifacts
COPY app /app
RUN python3 -m compileall -q --invalidation-mode unchecked-hash /app
ENV PYTHONPATH=/opt/site:/opt/packages PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    FACTORY_STATE=/var/lib/factory/state FACTORY_OUTPUT=/var/lib/factory/artifacts FACTORY_LOG_FORMAT=json
WORKDIR /app
USER factory
EXPOSE 8000
ENTRYPOINT ["python3", "manage.py"]
CMD ["serve", "web"]
