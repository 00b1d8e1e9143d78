/** What people have to decide or know about saving, above the canvas. */
import { openDialog } from "@/editor/workspace";
import { dismissBoth, dropRecovered, save, takeRecovered, useSaving } from "@/stores/saving";

export function SaveNotices() {
  const state = useSaving((store) => store.state);
  const error = useSaving((store) => store.error);
  const both = useSaving((store) => store.both);
  const recovered = useSaving((store) => store.recovered);
  return (
    <>
      {recovered && (
        <Notice
          text={`This tab was closed with changes that were not saved (${new Date(recovered.at).toLocaleString()}).`}
          actions={{ "Bring them back": takeRecovered, "Drop them": dropRecovered }}
        />
      )}
      {state === "conflict" && (
        <Notice
          danger
          text="Someone else saved this pipeline while you changed it. Nothing is lost: decide what to keep."
          actions={{
            Compare: () => {
              openDialog("conflict");
            },
          }}
        />
      )}
      {(state === "refused" || state === "offline") && (
        <Notice danger={state === "refused"} text={error ?? "The pipeline is not saved."} actions={{ "Save now": () => void save() }} />
      )}
      {both.length > 0 && (
        <Notice
          text={`Merged. Both of you had changed ${both.slice(0, 5).join(", ")}${both.length > 5 ? " and more" : ""}: yours is kept.`}
          actions={{ "All right": dismissBoth }}
        />
      )}
    </>
  );
}

type NoticeProps = { text: string; danger?: boolean; actions: Record<string, () => void> };

function Notice({ text, danger = false, actions }: NoticeProps) {
  return (
    <div className={danger ? "notice notice-danger editor-notice" : "notice editor-notice"} role={danger ? "alert" : "status"}>
      <span>{text}</span>
      {Object.entries(actions).map(([title, act]) => (
        <button key={title} type="button" className="button" onClick={act}>
          {title}
        </button>
      ))}
    </div>
  );
}
