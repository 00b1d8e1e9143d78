/** The frame of every dialog: the browser's own, with focus kept inside and Esc to close. */
import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";

export type DialogProps = {
  title: string;
  close: () => void;
  children: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
};

function focusFirst(dialog: HTMLDialogElement | null): void {
  const first = dialog?.querySelector<HTMLElement>("[data-first-focus]") ?? dialog?.querySelector("h2");
  first?.focus();
}

export function Dialog({ title, close, children, actions, wide = false }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    shown?.showModal();
    focusFirst(shown);
    return () => {
      shown?.close();
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
    };
  }, []);
  // A button that is switched off, or gone once it was pressed, takes the focus with it.
  useEffect(() => {
    if (document.activeElement === document.body) {
      focusFirst(dialog.current);
    }
  });
  return (
    <dialog
      ref={dialog}
      className={wide ? "dialog editor-dialog editor-dialog-wide" : "dialog editor-dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current) {
          close();
        }
      }}
    >
      <div className="editor-dialog-frame">
        <header className="editor-dialog-head">
          <h2 id={id} tabIndex={-1}>{title}</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={close}>
            <X size={18} aria-hidden />
          </button>
        </header>
        <div className="editor-dialog-body">{children}</div>
        {actions && <footer className="editor-dialog-actions">{actions}</footer>}
      </div>
    </dialog>
  );
}
