export { companyCoordinator } from "./company-coordinator.ts";
export { initialSync } from "./initial-sync.ts";
export { meetCompany } from "./meet-company.ts";
export { reconcileState } from "./reconcile-state.ts";
