import { control } from "./policies.ts";

/** Started by a company's Schedule: wants one comparison with QuickBooks, and says what became of the wish. */
export function verifyTick(companyId: string): Promise<string> {
  return control.tickVerify(companyId);
}
