# PostgreSQL from Debian's packages, for where no registry answers; takes the variables of the well-known image.
ARG BASE
FROM ${BASE}
COPY start_postgres.sh /usr/local/bin/start_postgres.sh
RUN ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/ 2>/dev/null; \
    install -d -o postgres -g postgres -m 0700 /var/lib/postgresql/data && \
    install -d -o postgres -g postgres -m 0775 /var/run/postgresql
ENV PGDATA=/var/lib/postgresql/data
USER postgres
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["start_postgres.sh"]
