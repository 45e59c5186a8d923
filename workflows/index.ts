export { alignAutoSync } from "./align-auto-sync.ts";
export { autoSyncTick } from "./auto-sync-tick.ts";
export { autoSync } from "./auto-sync.ts";
export { companyCoordinator } from "./company-coordinator.ts";
export { historicalSync } from "./historical-sync.ts";
export { initialSync } from "./initial-sync.ts";
export { meetCompany } from "./meet-company.ts";
export { reconcileState } from "./reconcile-state.ts";
