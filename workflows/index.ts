export { companyCoordinator } from "./company-coordinator.ts";
export { initialSync } from "./initial-sync.ts";
export { reconcileState } from "./reconcile-state.ts";
