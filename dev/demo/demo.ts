import { createBreakdown, type Breakdown } from "./breakdown.ts";
import type { CleanUp } from "./clean-up.ts";
import type { Customer } from "./customer.ts";
import { followFirstSync, startCompany, type Started } from "./first-sync.ts";
import { FOLDER, shown, STATE_FILE, takeFolder, writeState } from "./folder.ts";
import { createClient, type GraphQLClient } from "./graphql-client.ts";
import { goOnWorking, showRuns } from "./keep-even.ts";
import { startParts, type Parts } from "./parts.ts";
import { reapplyStory } from "./payments.ts";
import { mintToken, untilReady } from "./processes.ts";
import type { CompanyView, View } from "./view.ts";

/** Where the demo goes on, people read the plan and its proof. */
const READING_MS = 8_000;

export interface DemoOptions {
  /** How many records each company has. */
  records: number;
  /** Do people read what they see, and go on to work in QuickBooks? */
  goesOn: boolean;
  signal: AbortSignal;
  show: (view: View) => void;
}

/** A running demo. */
export interface Demo {
  /** Did every record of every company arrive, and were payments brought back to QuickBooks' truth? */
  isGood: boolean;
  /** Rejects when a part is lost, or a company cannot go on; never resolves. */
  breakdown: Promise<never>;
}

/**
 * Starts every part, goes a person's way through each company's first sync and has its payments brought
 * back to QuickBooks' truth, and answers when both are through; what follows goes on meanwhile. What must be undone is put into `cleanUp` as it comes up, also
 * when this throws.
 */
export async function runDemo(options: DemoOptions, cleanUp: CleanUp): Promise<Demo> {
  const view: View = { addresses: [], wait: null, companies: [], hint: "Ctrl-C ends everything." };
  const show = (change: Partial<View> = {}): void => options.show(Object.assign(view, change));

  await takeFolder(cleanUp);
  const parts = await startParts(options, cleanUp, (sentence) => show({ wait: sentence }));
  const breakdown = createBreakdown(parts.loss);
  const bothCompanies = async (): Promise<boolean[]> => {
    const { PUBLIC_URL } = parts.settings;
    await untilReady(PUBLIC_URL);
    const token = await mintToken(parts.settings);
    const client = createClient(`${PUBLIC_URL}/graphql`, token, options.signal);
    const remember = openNotebook(parts, token);
    show({ wait: null, addresses: addressesOf(parts.settings) });
    const runs = parts.customers.map((customer) => {
      const company: CompanyView = { name: customer.name, wait: null, counts: [], runs: [] };
      view.companies.push(company);
      return runCompany({ client, customer, remember, breakdown, ...options }, (change) => {
        Object.assign(company, change);
        show();
      });
    });
    return await Promise.all(runs);
  };
  const outcomes = await breakdown.guard(bothCompanies());
  const isGood = outcomes.every(Boolean);
  show({
    hint: isGood
      ? "Both are worked in and kept even. Ctrl-C ends it."
      : "Everything keeps running: look around. Ctrl-C ends it.",
  });
  return { isGood, breakdown: breakdown.promise };
}

interface CompanyRun extends Pick<DemoOptions, "goesOn" | "signal"> {
  client: GraphQLClient;
  customer: Customer;
  remember: (customer: Customer, started: Started) => void;
  breakdown: Breakdown;
}

/** One company's way, at its own pace; answers whether all of it was as it must be. */
async function runCompany(
  { client, customer, remember, breakdown, goesOn, signal }: CompanyRun,
  show: (change: Partial<CompanyView>) => void,
): Promise<boolean> {
  const started = await startCompany(client, customer, show);
  remember(customer, started);
  if (!(await followFirstSync(client, customer, started, show))) return false;
  const kept = { client, customer, companyId: started.companyId, signal };
  const goOn = (work: Promise<never>): void => {
    breakdown.guard(work).catch(() => undefined);
  };
  goOn(showRuns(kept, (runs) => show({ runs })));
  const isGood = await reapplyStory({ ...kept, readingMs: goesOn ? READING_MS : 0 }, (payments) =>
    show({ payments }),
  );
  if (goesOn) goOn(goOnWorking(kept));
  return isGood;
}

const addressesOf = (settings: Parts["settings"]): View["addresses"] => [
  ["GraphQL", `${settings.PUBLIC_URL}/graphql`],
  ["Temporal's UI", settings.TEMPORAL_UI_URL],
  ["Token, logs", `${shown(STATE_FILE)}, ${shown(FOLDER)}/*.log`],
];

/** Notes for whoever wants to look around meanwhile; each company is added when its sync has started. */
function openNotebook(
  { settings, simulator, customers }: Parts,
  token: string,
): CompanyRun["remember"] {
  const known = new Map<Customer, Started>();
  return (newcomer, started) => {
    known.set(newcomer, started);
    writeState({
      graphqlUrl: `${settings.PUBLIC_URL}/graphql`,
      token,
      temporalUiUrl: settings.TEMPORAL_UI_URL,
      temporalAddress: settings.TEMPORAL_ADDRESS,
      databaseUrl: settings.DATABASE_URL,
      simulatorUrl: simulator,
      companies: customers.flatMap((customer) => {
        const mine = known.get(customer);
        if (mine === undefined) return [];
        const { companyId: id, batchId, workflowUrl } = mine;
        return [{ id, edition: customer.edition, batchId, workflowUrl }];
      }),
    });
  };
}
