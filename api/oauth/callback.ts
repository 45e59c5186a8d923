import { faultIn } from "../../core/faults.ts";
import { findCompany, type Company } from "../../db/companies.ts";
import { companyOfRealm, connectRealm, findConnection, takeState } from "../../db/connections.ts";
import { isUniqueViolation } from "../../db/sql-errors.ts";
import type { TokenPair } from "../../quickbooks/online/tokens.ts";
import type { Deps } from "../context.ts";
import { wantWhatWasMissed } from "../missed.ts";
import { learnBooks } from "./books.ts";
import * as pages from "./pages.ts";

/** The realm goes into addresses: nothing but what an id is made of. */
const REALM = /^[\w-]{1,64}$/;

interface Grant {
  company: Company;
  code: string;
  realmId: string;
}

/**
 * `GET /oauth/callback`: Intuit sends the customer's browser here. The state names the company, works
 * once, and is used up first; whatever can be refused is refused before the code is traded, and the
 * tokens are stored before anything is read with them.
 */
export async function oauthCallback(deps: Deps, url: URL): Promise<Response> {
  const state = url.searchParams.get("state") ?? "";
  const error = url.searchParams.get("error");
  const code = url.searchParams.get("code") ?? "";
  const realmId = url.searchParams.get("realmId") ?? "";
  if (state === "") return pages.incomplete();
  if (error === null && (code === "" || !REALM.test(realmId))) return pages.incomplete();
  const companyId = await takeState(deps.pool, state);
  const company = companyId === null ? null : await findCompany(deps.pool, companyId);
  if (company === null) return pages.unknownState();
  if (error !== null) return pages.refusedAtIntuit(company.name, error);
  return connect(deps, { company, code, realmId });
}

async function connect(deps: Deps, grant: Grant): Promise<Response> {
  const { company, realmId } = grant;
  const refusal = await cannotBind(deps, grant);
  if (refusal !== null) return refusal;
  const traded = await tradeCode(deps, grant);
  if (traded instanceof Response) return traded;
  const refused = await store(deps, grant, traded);
  if (refused !== null) return refused;
  deps.log.info({ companyId: company.id, realmId }, "a company was connected");
  if (company.state === "disconnected") {
    const by = { trigger: "user", startedBy: "connectOnline" } as const;
    await wantWhatWasMissed(deps, company.id, by);
  }
  const learned = await learnBooks(deps, { companyId: company.id, realmId });
  return "fault" in learned
    ? pages.connectedUnseen(company.name, learned.fault)
    : pages.connected(company, learned.books);
}

/** A realm belongs to one company, and a confirmed company keeps its realm. */
async function cannotBind({ pool }: Deps, { company, realmId }: Grant): Promise<Response | null> {
  const owner = await companyOfRealm(pool, realmId);
  if (owner !== null && owner.companyId !== company.id) {
    return pages.realmTaken(company.name, owner.name);
  }
  if (company.confirmedAt === null) return null;
  const connection = await findConnection(pool, company.id);
  return connection !== null && connection.realmId !== realmId
    ? pages.otherBooks(company.name, connection.books?.name ?? null)
    : null;
}

async function tradeCode(
  { oauth, log }: Deps,
  { company, code }: Grant,
): Promise<TokenPair | Response> {
  try {
    return await oauth.exchangeCode(code);
  } catch (error) {
    const fault = faultIn(error);
    if (fault === null) throw error;
    log.warn({ companyId: company.id, fault }, "Intuit gave no tokens for a code");
    return fault.kind === "authorization-ended"
      ? pages.codeRefused(company.name)
      : pages.intuitDown(company.name, fault);
  }
}

/** Stores the tokens, or answers the page of a refusal: the unique realm and the confirmed books stand against races. */
async function store(deps: Deps, grant: Grant, tokens: TokenPair): Promise<Response | null> {
  const { company, realmId } = grant;
  try {
    const isStored = await connectRealm(deps.pool, deps.box, {
      companyId: company.id,
      realmId,
      tokens,
    });
    return isStored ? null : pages.otherBooks(company.name, null);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const owner = await companyOfRealm(deps.pool, realmId);
    return pages.realmTaken(company.name, owner?.name ?? "another company");
  }
}
