/** What every widget is given, whatever it draws. */
import type { Parameter } from "@/forms/kinds";
import type { Value } from "@/graph/document";

export type WidgetProps = {
  /** Of the control, which the label points to. */
  id: string;
  parameter: Parameter;
  value: Value;
  /** Make it so: one entry in the history, merged with those of the same field that follow at once. */
  commit: (value: Value) => void;
  disabled: boolean;
  invalid: boolean;
  /** Ids of help and problem, for screen readers. */
  describedBy: string | undefined;
};
