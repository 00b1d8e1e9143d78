/** Which camera, microphone or screen. */

import { useEffect, useId, useState } from "react";
import { followDevices, listDevices, type Choice, type Device, type Devices } from "@/preview/capture";

type Props = {
  choice: Choice;
  /** Whether a device has been allowed: only then the browser tells their names. */
  allowed: boolean;
  choose: (choice: Choice) => void;
};

export function DeviceChoice({ choice, allowed, choose }: Props) {
  const { cameras, microphones } = useDevices(allowed);
  const group = useId();
  return (
    <div className="device-choice">
      <div className="device-source" role="radiogroup" aria-label="Source">
        {(["camera", "screen"] as const).map((source) => (
          <label key={source}>
            <input
              type="radio"
              name={group}
              checked={choice.source === source}
              onChange={() => {
                choose({ ...choice, source });
              }}
            />
            {source === "camera" ? "Camera and microphone" : "Screen"}
          </label>
        ))}
      </div>
      {choice.source === "camera" && (
        <>
          <DeviceSelect
            label="Camera"
            devices={cameras}
            value={choice.camera}
            choose={(camera) => {
              choose({ ...choice, camera });
            }}
          />
          <DeviceSelect
            label="Microphone"
            devices={microphones}
            value={choice.microphone}
            choose={(microphone) => {
              choose({ ...choice, microphone });
            }}
          />
        </>
      )}
    </div>
  );
}

const NONE = "none";

type SelectProps = { label: string; devices: Device[]; value: string | null; choose: (id: string | null) => void };

function DeviceSelect({ label, devices, value, choose }: SelectProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="select"
        value={value ?? NONE}
        onChange={(event) => {
          choose(event.target.value === NONE ? null : event.target.value);
        }}
      >
        <option value="">The browser’s choice</option>
        {devices.map((device) => (
          <option key={device.id} value={device.id}>
            {device.label}
          </option>
        ))}
        <option value={NONE}>None</option>
      </select>
    </div>
  );
}

function useDevices(allowed: boolean): Devices {
  const [devices, setDevices] = useState<Devices>({ cameras: [], microphones: [] });
  useEffect(() => {
    let gone = false;
    const look = (): void => {
      void listDevices().then((found) => {
        if (!gone) setDevices(found);
      });
    };
    look();
    const forget = followDevices(look);
    return () => {
      gone = true;
      forget();
    };
  }, [allowed]);
  return devices;
}
