import type { SoapVersion } from "./methods.ts";

/** A body that is no call of ours; the asker gets it as a SOAP fault. */
export class Refused extends Error {
  override readonly name = "Refused";
  version: SoapVersion = "1.1";
}
