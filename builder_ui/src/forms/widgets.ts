/** The typed map from kind to widget: a new kind does not compile until it has one. */
import type { ComponentType } from "react";
import { ChoiceWidget, SwitchWidget } from "@/forms/ChoiceWidget";
import { ColourWidget } from "@/forms/ColourWidget";
import { ImageWidget } from "@/forms/ImageWidget";
import type { Kind } from "@/forms/kinds";
import { NumberWidget } from "@/forms/NumberWidget";
import { SecretWidget } from "@/forms/SecretWidget";
import { LinesWidget, TextWidget } from "@/forms/TextWidget";
import type { WidgetProps } from "@/forms/widget_props";

export const WIDGETS: Readonly<Record<Kind, ComponentType<WidgetProps>>> = {
  text: TextWidget,
  lines: LinesWidget,
  secret: SecretWidget,
  colour: ColourWidget,
  image: ImageWidget,
  choice: ChoiceWidget,
  integer: NumberWidget,
  number: NumberWidget,
  switch: SwitchWidget,
};
