"""The feeds of this process: one for each pipeline that somebody looks at."""

from collections.abc import Awaitable, Callable

from factory.doors.live.feed import Feed
from factory.doors.live.view import PipelineRows


class Feeds:
    """Starts a feed for the first who looks at a pipeline, and ends it after the last.

    Args:
        read: the rows of a pipeline, off the event loop.
    """

    def __init__(self, read: Callable[[int], Awaitable[PipelineRows | None]]) -> None:
        self._read = read
        self._feeds: dict[int, Feed] = {}

    def __len__(self) -> int:
        return len(self._feeds)

    def of(self, pipeline_id: int) -> Feed:
        """The feed of a pipeline; whoever asks for it joins or leaves it before anything else happens."""
        feed = self._feeds.get(pipeline_id)
        if feed is None or feed.has_ended:
            feed = self._feeds[pipeline_id] = Feed(pipeline_id, read=self._read)
            feed.start()
        return feed

    async def leave(self, feed: Feed, listener: Callable[[], None]) -> None:
        """Look no more."""
        feed.listeners.discard(listener)
        if feed.listeners:
            return
        if self._feeds.get(feed.pipeline_id) is feed:
            del self._feeds[feed.pipeline_id]
        await feed.stop()
