/** Places the component that the page's address names, as the marketplace leads here: one node, one step to undo. */
import { mayEditNow } from "@/editor/editing";
import { announce, toast } from "@/editor/notices";
import { componentOf } from "@/graph/components";
import { useDocument } from "@/stores/document";
import { focusNode } from "@/stores/selection";
import { addNode } from "@/stores/verbs";

/** Place it, once: the address forgets it, so that loading the page again adds nothing. */
export function addFromAddress(page: Location = location, past: History = history): void {
  const address = new URL(page.href);
  const ref = address.searchParams.get("add");
  if (ref === null) {
    return;
  }
  address.searchParams.delete("add");
  past.replaceState(past.state, "", address);
  const refused = refusalOf(ref);
  if (refused !== null) {
    toast(refused, "danger");
    announce(refused);
    return;
  }
  const name = addNode(ref);
  const title = componentOf(ref, useDocument.getState().components)?.title ?? ref;
  toast(`${title} added as ${name}`);
  announce(`${title} added as ${name}`);
  focusNode(name);
}

function refusalOf(ref: string): string | null {
  const component = componentOf(ref, useDocument.getState().components);
  if (!component) {
    return `${ref} is not installed here, so it was not added. Look for it in the marketplace.`;
  }
  if (component.status === "yanked") {
    return `${ref} was withdrawn, so it was not added. ${component.status_note}`.trim();
  }
  return mayEditNow() ? null : `${component.title} was not added: you cannot change this pipeline here.`;
}
