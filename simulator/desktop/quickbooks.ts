/** A QuickBooks Desktop of our own: company files, and PCs that have them open. */
export type * from "./contract.ts";
export { createCompanyFile, type CompanyFile, type FileOptions } from "./file/company-file.ts";
export { StampRefused } from "./file/stamp.ts";
export { createQuickBooks } from "./program.ts";
