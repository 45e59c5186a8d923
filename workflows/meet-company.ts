import { setCurrentDetails, setHandler } from "@temporalio/workflow";

import { connectorCame } from "./contract.ts";
import { meeting } from "./policies.ts";

/**
 * First contact with a company file that nobody has confirmed: looks whose it is, so that a person
 * can say yes. Each further contact looks again, because another file may be open by then.
 */
export async function meetCompany(companyId: string): Promise<string> {
  let look = true;
  let said = "";
  setHandler(connectorCame, () => {
    look = true;
  });
  while (look) {
    look = false;
    said = await meeting.meetFile(companyId);
    setCurrentDetails(said);
  }
  return said;
}
