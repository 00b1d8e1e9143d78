/** What the page says of the team's money, beside which pipeline to open. */

import { readBoot } from "@/api/boot";

export type Money = {
  /** The billing page's address; "" for those who may not open it. */
  billing: string;
  /** A sentence where credit or a cap is nearly or wholly used up, else "". */
  notice: string;
  isUrgent: boolean;
};

const NOTHING: Money = { billing: "", notice: "", isUrgent: false };

/** From the page's boot; nothing where it says nothing. */
export function readMoney(page: Document = document): Money {
  try {
    return readBoot(page).money ?? NOTHING;
  } catch {
    return NOTHING;
  }
}
