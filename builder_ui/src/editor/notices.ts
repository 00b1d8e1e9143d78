/** Short messages: spoken ones for screen readers, and shown ones for what was done. */
import { create } from "zustand";

export type Toast = { id: number; text: string; tone: "done" | "danger"; action?: { title: string; run: () => void } };

const MOST_TOASTS = 3;
const DONE_MS = 5000;
const DANGER_MS = 12_000;

type Notices = { spoken: string; toasts: readonly Toast[] };

export const useNotices = create<Notices>(() => ({ spoken: "", toasts: [] }));

let newest = 0;

/** Say it in the live region; the same words twice are said twice. */
export function announce(text: string): void {
  useNotices.setState(({ spoken }) => ({ spoken: spoken === text ? `${text}\u00a0` : text }));
}

/** Show it for some seconds, at most three at a time; what went wrong stays longer. */
export function toast(text: string, tone: Toast["tone"] = "done", action?: Toast["action"]): void {
  newest += 1;
  const id = newest;
  const shown: Toast = { id, text, tone, ...(action ? { action } : {}) };
  useNotices.setState(({ toasts }) => ({ toasts: [...toasts, shown].slice(-MOST_TOASTS) }));
  window.setTimeout(() => {
    dismiss(id);
  }, tone === "done" ? DONE_MS : DANGER_MS);
}

export function dismiss(id: number): void {
  useNotices.setState(({ toasts }) => ({ toasts: toasts.filter((each) => each.id !== id) }));
}
