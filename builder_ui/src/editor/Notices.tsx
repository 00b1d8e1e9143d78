/** Where short messages appear and are spoken: one polite live region, and at most three toasts. */
import { CircleCheck, TriangleAlert, X } from "lucide-react";
import { dismiss, useNotices } from "@/editor/notices";

export function Notices() {
  const spoken = useNotices((notices) => notices.spoken);
  const toasts = useNotices((notices) => notices.toasts);
  return (
    <>
      <div className="visually-hidden" aria-live="polite" data-testid="spoken">
        {spoken}
      </div>
      <div className="toasts" role="status">
        {toasts.map(({ id, text, tone, action }) => (
          <div key={id} className="toast" data-tone={tone}>
            {tone === "done" ? <CircleCheck size={16} aria-hidden /> : <TriangleAlert size={16} aria-hidden />}
            <span>{text}</span>
            {action && (
              <button
                type="button"
                className="button button-quiet"
                onClick={() => {
                  action.run();
                  dismiss(id);
                }}
              >
                {action.title}
              </button>
            )}
            <button
              type="button"
              className="icon-button"
              aria-label="Dismiss"
              onClick={() => {
                dismiss(id);
              }}
            >
              <X size={14} aria-hidden />
            </button>
          </div>
        ))}
      </div>
    </>
  );
}
