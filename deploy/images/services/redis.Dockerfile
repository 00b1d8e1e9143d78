# Redis from Debian's packages, for where no registry answers.
ARG BASE
FROM ${BASE}
USER redis
EXPOSE 6379
ENTRYPOINT []
CMD ["redis-server"]
