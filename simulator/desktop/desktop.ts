import type { CompanyFile } from "./quickbooks.ts";
import type { Backup } from "./file/company-file.ts";
import type { WebConnector } from "./web-connector/web-connector.ts";

/** The desks of this simulator: company files, PCs, and what was put aside of the files. */
export interface Desktop {
  /** By the name under which it was made, which stays when the file moves. */
  files: Map<string, CompanyFile>;
  /** By host name. */
  pcs: Map<string, WebConnector>;
  backups: Backup[];
}

export const createDesktop = (): Desktop => ({ files: new Map(), pcs: new Map(), backups: [] });
