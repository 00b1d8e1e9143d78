"""axe-core on a page of the site: what keeps people with a keyboard, a screen reader or weak eyes from using it."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "builder_ui" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """Each broken rule with the first places that break it; empty where all is well."""
    # Evaluated by the browser's own tools, which the page's policy does not concern.
    page.evaluate(AXE.read_text())
    found = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
    return [
        f"{one['id']}: {one['help']} — " + "; ".join(" ".join(node["target"]) for node in one["nodes"][:3])
        for one in found["violations"]
    ]
