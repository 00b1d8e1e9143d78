"""What the agent reads from and writes to the domain; every call here may block and runs on a thread."""

from typing import Any, Protocol

from components.contract.node_states import NodeState
from factory.domain.billing import settling
from factory.domain.runs import selectors, services
from factory.doors.nodes.artifact_files import ArtifactFile
from factory.foundation import clock
from factory.orchestration import desired_world, secret_values, signs_of_life
from factory.orchestration.desired_world import DesiredRun
from factory.orchestration.secret_values import RunSecrets
from factory.orchestration.signs_of_life import Sign


class Records(Protocol):
    """Reads and writes; each may raise `django.db.Error` while the database is away."""

    def unfinished_runs(self, host: str) -> list[str]:
        """Runs of a host that are not over."""

    def desired_run(self, run: str) -> DesiredRun:
        """What a run should be."""

    def keep_paid(self, host: str) -> None:
        """Keep the runs of a host paid for: nobody's run ends because a worker does not."""

    def open_secrets(self, run: DesiredRun) -> RunSecrets:
        """What the run's nodes are given beside their parameters."""

    def ring(self, run: str) -> None:
        """Say: look at this run."""

    def report_node(
        self, run: str, node: str, attempt: int, *, state: NodeState, reason: str, revision: int, refused: Any
    ) -> None:
        """Note what a node says of itself."""

    def artifact_opened(self, file: ArtifactFile, media_type: str) -> None:
        """Note that a file is being written."""

    def artifact_closed(self, file: ArtifactFile, size: int, *, complete: bool) -> None:
        """Note that a file is stored."""


class DomainRecords:
    """The real ones."""

    def unfinished_runs(self, host: str) -> list[str]:
        signs_of_life.show(Sign.AGENT)
        return list(selectors.unfinished_runs(host=host))

    def desired_run(self, run: str) -> DesiredRun:
        return desired_world.desired_run(run_id=run)

    def keep_paid(self, host: str) -> None:
        settling.renew_reservations(now=clock.now(), host=host)

    def open_secrets(self, run: DesiredRun) -> RunSecrets:
        return secret_values.open_for(run)

    def ring(self, run: str) -> None:
        services.ring(run_id=run)

    def report_node(
        self, run: str, node: str, attempt: int, *, state: NodeState, reason: str, revision: int, refused: Any
    ) -> None:
        services.record_node_report(
            run_id=run,
            node=node,
            attempt=attempt,
            state=state,
            reason=reason,
            observed_revision=revision,
            refused=refused,
            now=clock.now(),
        )

    def artifact_opened(self, file: ArtifactFile, media_type: str) -> None:
        services.record_artifact_opened(
            run_id=file.run,
            node=file.node,
            attempt=file.attempt,
            name=file.name,
            media_type=media_type,
            path=str(file.final),
            now=clock.now(),
        )

    def artifact_closed(self, file: ArtifactFile, size: int, *, complete: bool) -> None:
        services.record_artifact_closed(
            run_id=file.run,
            node=file.node,
            attempt=file.attempt,
            name=file.name,
            bytes=size,
            complete=complete,
            now=clock.now(),
        )
