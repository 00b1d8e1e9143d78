"""Which pipelines of a team refer to which of its secrets."""

from factory.domain.accounts.models import Team
from factory.domain.catalogue.components import manifests
from factory.domain.graph.secret_rules import secret_names
from factory.domain.pipelines.models import Node, Pipeline


def pipelines_using(*, team: Team) -> dict[str, list[Pipeline]]:
    """By the name of the secret: the pipelines whose draft or published version refers to it, by their names."""
    keeping = {
        ref: manifest
        for ref, manifest in manifests(team).items()
        if any(declared.secret for declared in manifest.parameters.values())
    }
    drafts = Node.objects.filter(version__number__isnull=True, version__pipeline__archived_at=None)
    published = Node.objects.filter(version__in=Pipeline.objects.filter(archived_at=None).values("published"))
    found: dict[str, dict[int, Pipeline]] = {}
    for rows in (drafts, published):
        theirs = rows.filter(version__pipeline__team=team, component__in=list(keeping)).select_related(
            "version__pipeline"
        )
        for node in theirs:
            for name in secret_names(keeping[node.component], node.parameters).values():
                found.setdefault(name, {})[node.version.pipeline_id] = node.version.pipeline
    return {name: sorted(using.values(), key=lambda pipeline: pipeline.name) for name, using in found.items()}
