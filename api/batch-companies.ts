/** So many batches are remembered at most; what they cost is their two ids. */
const REMEMBERED_MAX = 10_000;

/**
 * Whose a batch is: it never changes, so that a batch asked for again is read within its company's walls
 * at once.
 */
export interface BatchCompanies {
  companyOf(batchId: string): string | null;
  remember(batch: { id: string; companyId: string }): void;
}

/** One for all requests. The oldest are forgotten first. */
export function createBatchCompanies(): BatchCompanies {
  const companies = new Map<string, string>();
  return {
    companyOf: (batchId) => companies.get(batchId) ?? null,
    remember({ id, companyId }) {
      companies.set(id, companyId);
      if (companies.size <= REMEMBERED_MAX) return;
      for (const oldest of companies.keys()) {
        companies.delete(oldest);
        return;
      }
    },
  };
}
