"""A component's README as HTML that can do nothing: no scripts, no pictures, no links within this site."""

import functools

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {
    *("a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong"),
    *("table", "tbody", "td", "th", "thead", "tr", "ul"),
}
_LEADS_OUT = ("https://", "http://", "mailto:")
_DEEPEST_HEADING = 6
_FIRST_HEADING = 3
"""The page has a heading of its own above, and the section one."""


@functools.lru_cache(maxsize=256)
def rendered(text: str) -> SafeString:
    """The README as safe HTML; a first heading that only says the name is the caller's to leave."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.disable("image")
    tokens = parser.parse(text)
    _lower_headings(tokens)
    made = parser.renderer.render(tokens, parser.options, {})
    clean = nh3.clean(
        made,
        tags=_TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_keep,
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto"},
    )
    # A table wider than the page scrolls by itself, and so it must be reached by keys.
    framed = clean.replace("<th></th>", "<td></td>")
    framed = framed.replace("<table>", '<div class="scrolled" tabindex="0" role="group" aria-label="Table"><table>')
    return mark_safe(framed.replace("</table>", "</table></div>"))


def _lower_headings(tokens: list[Token]) -> None:
    """Below the section's heading, and never two levels at once."""
    found = sorted({int(token.tag[1]) for token in tokens if token.type == "heading_open"})
    before = _FIRST_HEADING - 1
    for token in tokens:
        if token.type == "heading_open":
            level = _FIRST_HEADING + found.index(int(token.tag[1]))
            before = min(level, before + 1, _DEEPEST_HEADING)
            token.tag = f"h{before}"
        elif token.type == "heading_close":
            token.tag = f"h{before}"


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """Links to elsewhere alone: one without a host would lead to a page of ours."""
    return value if attribute != "href" or value.startswith(_LEADS_OUT) else None
