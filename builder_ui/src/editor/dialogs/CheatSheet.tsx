/** Every key of the editor, drawn from the table that listens for them. */
import { Fragment } from "react";
import { Dialog } from "@/editor/dialogs/Dialog";
import { onMac, printChord, type Shortcut, SHORTCUTS } from "@/editor/shortcuts";
import { openDialog, setLettersOff, useWorkspace } from "@/editor/workspace";

const GROUPS: readonly Shortcut["group"][] = ["Pipeline", "Edit", "Build", "View"];

export default function CheatSheet() {
  const lettersOff = useWorkspace((workspace) => workspace.lettersOff);
  const isMac = onMac();
  return (
    <Dialog
      wide
      title="Keyboard"
      close={() => {
        openDialog(null);
      }}
    >
      <div className="cheat-sheet">
        {GROUPS.map((group) => (
          <section key={group} aria-labelledby={`keys-${group}`}>
            <h3 id={`keys-${group}`}>{group}</h3>
            <dl>
              {SHORTCUTS.filter((each) => each.group === group).map(({ action, keys, title }) => (
                <div key={action} className="cheat-sheet-row">
                  <dt>{title}</dt>
                  <dd>
                    {keys.map((chord, index) => (
                      <Fragment key={chord}>
                        {index > 0 && <span className="cheat-sheet-or">or</span>}
                        <Chord parts={printChord(chord, isMac)} />
                      </Fragment>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="check-line">
        <input
          type="checkbox"
          checked={lettersOff}
          onChange={(event) => {
            setLettersOff(event.target.checked);
          }}
        />
        Switch off keys that are a single character
      </label>
    </Dialog>
  );
}

function Chord({ parts }: { parts: readonly string[] }) {
  return (
    <span className="chord">
      {parts.map((part) => (
        <kbd key={part} className="kbd">
          {part}
        </kbd>
      ))}
    </span>
  );
}
