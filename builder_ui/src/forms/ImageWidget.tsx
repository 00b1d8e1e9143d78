/** A small picture kept in the pipeline itself: chosen as a file, shown, taken out again. */
import { ImagePlus, Trash2 } from "lucide-react";
import { type ChangeEvent, useRef, useState } from "react";
import type { WidgetProps } from "@/forms/widget_props";
import { type Value } from "@/graph/document";

const MEDIA_TYPES = ["image/png", "image/jpeg", "image/webp"];

/** A picture as an address that `<img>` takes; null where there is none. */
export function imageAddress(value: Value): string | null {
  if (typeof value !== "string" || value === "") {
    return null;
  }
  return value.startsWith("data:image/") ? value : `data:image/png;base64,${value}`;
}

/** Why a file cannot be taken, as a sentence; null when it can. `most` is in characters of base64. */
export function refuseImage(file: { type: string; size: number }, most: number | null | undefined): string | null {
  if (!MEDIA_TYPES.includes(file.type)) {
    return "This is not a PNG, JPEG or WebP picture. Choose one of these.";
  }
  const mostBytes = Math.floor((((most ?? 48_000) - 30) * 3) / 4);
  if (file.size > mostBytes) {
    const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
    return `The picture has ${kilobytes(file.size)}, and at most ${kilobytes(mostBytes)} fit. Make it smaller.`;
  }
  return null;
}

export function ImageWidget({ id, parameter, value, commit, disabled, invalid, describedBy }: WidgetProps) {
  const [refusal, setRefusal] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const address = imageAddress(value);
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = "";
    if (!file) {
      return;
    }
    const reason = refuseImage(file, parameter.max_length);
    setRefusal(reason ?? "");
    if (reason === null) {
      void readAddress(file).then(commit, () => {
        setRefusal("The file could not be read. Choose it again.");
      });
    }
  };
  return (
    <div className="field-image">
      {address && <img className="field-image-preview" src={address} alt={`${parameter.title}, as chosen`} />}
      <input ref={input} id={id} type="file" accept={MEDIA_TYPES.join(",")} className="visually-hidden" disabled={disabled}
        aria-invalid={invalid} aria-describedby={describedBy} onChange={take} />
      <button type="button" className="button" disabled={disabled} tabIndex={-1} aria-hidden
        onClick={() => {
          input.current?.click();
        }}>
        <ImagePlus size={16} aria-hidden /> {address ? "Replace…" : "Choose…"}
      </button>
      {address && (
        <button type="button" className="icon-button" disabled={disabled} aria-label={`Remove ${parameter.title}`}
          onClick={() => {
            commit("");
          }}>
          <Trash2 size={16} aria-hidden />
        </button>
      )}
      {refusal && (
        <p className="field-problem" role="alert">
          {refusal}
        </p>
      )}
    </div>
  );
}

function readAddress(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(typeof reader.result === "string" ? reader.result : "");
    };
    reader.onerror = () => {
      reject(new Error("unreadable"));
    };
    reader.readAsDataURL(file);
  });
}
