"""Names on the channel layer."""

from channels.layers import BaseChannelLayer
from hypothesis import given, strategies

from factory.domain.runs.groups import agent_group, pipeline_group, run_group
from factory.foundation.ids import new_id


@given(strategies.text(min_size=1, max_size=255))
def test_every_host_has_a_group_that_the_channel_layer_takes(host: str) -> None:
    BaseChannelLayer().require_valid_group_name(agent_group(host=host))


def test_every_run_and_every_pipeline_has_a_group_that_the_channel_layer_takes() -> None:
    for group in (run_group(run_id=new_id()), pipeline_group(pipeline_id=2**63 - 1)):
        BaseChannelLayer().require_valid_group_name(group)
