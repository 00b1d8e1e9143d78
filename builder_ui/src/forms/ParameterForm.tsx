/** The form of one node, drawn from its component's manifest alone. */
import type { ReactNode } from "react";
import { Field } from "@/forms/Field";
import { isDefault, isVisible, type Parameter } from "@/forms/kinds";
import type { Value } from "@/graph/document";

export type ParameterFormProps = {
  parameters: Readonly<Record<string, Parameter>>;
  given: Readonly<Record<string, Value>>;
  problemsOf: (parameter: string) => readonly string[];
  markOf: (parameter: string) => ReactNode;
  /** Below the field: what else is to be known of its value. */
  noteOf?: (parameter: string) => ReactNode;
  isDisabled: (parameter: string) => boolean;
  change: (name: string, value: Value | undefined) => void;
};

type Entry = readonly [name: string, parameter: Parameter];

export function ParameterForm(props: ParameterFormProps) {
  const entries = Object.entries(props.parameters).filter(([, each]) => isVisible(each, props.parameters, props.given));
  const plain = entries.filter(([, each]) => !each.advanced);
  const advanced = entries.filter(([, each]) => each.advanced);
  if (Object.keys(props.parameters).length === 0) {
    return <p className="inspector-empty">This component has nothing to set.</p>;
  }
  const changed = advanced.filter(([name, each]) => !isDefault(each, props.given[name]));
  const wrong = advanced.some(([name]) => props.problemsOf(name).length > 0);
  return (
    <form
      className="parameter-form"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      {groupsOf(plain).map(([title, members]) => (
        <Group key={title} title={title} members={members} form={props} />
      ))}
      {advanced.length > 0 && (
        <details className="parameter-advanced" open={wrong || undefined}>
          <summary>Advanced{changed.length > 0 && ` (${String(changed.length)} changed)`}</summary>
          {groupsOf(advanced).map(([title, members]) => (
            <Group key={title} title={title} members={members} form={props} />
          ))}
        </details>
      )}
    </form>
  );
}

function Group({ title, members, form }: { title: string; members: readonly Entry[]; form: ParameterFormProps }) {
  const fields = members.map(([name, parameter]) => (
    <Field
      key={name}
      name={name}
      parameter={parameter}
      given={form.given[name]}
      problems={form.problemsOf(name)}
      mark={form.markOf(name)}
      note={form.noteOf?.(name)}
      disabled={form.isDisabled(name)}
      change={form.change}
    />
  ));
  if (title === "") {
    return <>{fields}</>;
  }
  return (
    <fieldset className="parameter-group">
      <legend>{title}</legend>
      {fields}
    </fieldset>
  );
}

/** By heading, in the order in which the manifest first names each; those without one come first. */
export function groupsOf(entries: readonly Entry[]): [title: string, members: Entry[]][] {
  const groups = new Map<string, Entry[]>(entries.some(([, each]) => !each.group) ? [["", []]] : []);
  for (const entry of entries) {
    const title = entry[1].group;
    groups.set(title, [...(groups.get(title) ?? []), entry]);
  }
  return [...groups];
}
