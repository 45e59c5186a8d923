import { isTxn, type Row, type Txn } from "../file/books.ts";
import { renderRow, PERSONAL } from "../render/rows.ts";
import { amount } from "../file/money.ts";
import { dayText } from "../file/times.ts";
import { leaf, ref, textLeaf, type Ink } from "../render/ink.ts";
import { renderTxn } from "../render/txns.ts";
import { agingReport } from "./aging.ts";
import { retOf, type Outcome } from "./answer.ts";
import { balanceSheet } from "./balance-sheet.ts";
import { customFields } from "./custom-fields.ts";
import { selectDeleted, tombstoneOf } from "./deleted.ts";
import type { Desk } from "./desk.ts";
import { isYes, textOf, textsOf, type XmlElement } from "./document.ts";
import type { Found } from "./found.ts";
import { activityRet, companyRet, hostRet, preferencesRet } from "./host.ts";
import { next, start, stop, type Taken } from "./iterators.ts";
import { QUERIES } from "./models.ts";
import { selectAny, summaryOf } from "./select-any.ts";
import { listKindsOf, selectRows } from "./select-rows.ts";
import { selectTxns, txnKindsOf } from "./select-txns.ts";
import { NOTHING, OK, StatusError, type Status } from "./status.ts";

const REQUEST_ID_MAX = 50;
const RET_ELEMENT_MAX = 50;

/** Answers one request that has been validated. */
export function execute(desk: Desk, request: XmlElement): Outcome {
  try {
    return answered(desk, request);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return { status: error.status, rets: [] };
  }
}

function answered(desk: Desk, request: XmlElement): Outcome {
  const { requestID = "" } = request.attributes;
  if (requestID.length > REQUEST_ID_MAX) {
    throw new StatusError(1060, "The request ID is invalid: it is too long.");
  }
  const query = request.name.slice(0, -2);
  if (!QUERIES.has(query))
    throw new StatusError(1030, `The request ${request.name} is not simulated.`);
  for (const name of textsOf(request, "IncludeRetElement")) {
    if (name.length <= RET_ELEMENT_MAX) continue;
    throw new StatusError(
      3070,
      `The string "${name}" in the field "IncludeRetElement" is too long.`,
    );
  }
  const single = SINGLE[query];
  if (single !== undefined) {
    return {
      status: OK,
      rets: [retOf(request)(`${query.slice(0, -5)}Ret`, single(desk, request))],
    };
  }
  const report = REPORTS[query];
  if (report !== undefined) {
    return { status: OK, rets: [retOf(request)("ReportRet", report(desk, request))] };
  }
  if (desk.takeInUse()) {
    throw new StatusError(
      Number(desk.settings.inUseStatus),
      "There was an error when trying to lock the object: it is in use.",
    );
  }
  if (query === "ListDeletedQuery") return deletedOutcome(desk, request, "List");
  if (query === "TxnDeletedQuery") return deletedOutcome(desk, request, "Txn");
  if (query === "ReceivePaymentToDepositQuery") return undepositedOutcome(desk, request);
  return recordsOutcome(desk, request, query);
}

const SINGLE: Readonly<Record<string, (desk: Desk, request: XmlElement) => string>> = {
  HostQuery: hostRet,
  CompanyQuery: companyRet,
  CompanyActivityQuery: activityRet,
  PreferencesQuery: preferencesRet,
};

const REPORTS: typeof SINGLE = {
  AgingReportQuery: agingReport,
  GeneralSummaryReportQuery: balanceSheet,
};

/** Adds the count when it is asked for, and leaves the records out when only that is. */
function counted(request: XmlElement, outcome: Outcome, count: number): Outcome {
  const { metaData = "NoMetaData" } = request.attributes;
  if (metaData === "NoMetaData") return outcome;
  return { ...outcome, retCount: count };
}

const isCountOnly = (request: XmlElement): boolean =>
  request.attributes["metaData"] === "MetaDataOnly";

const statusOf = (count: number, status: Status): Status =>
  count === 0 && status === OK ? NOTHING : status;

function deletedOutcome(desk: Desk, request: XmlElement, is: "List" | "Txn"): Outcome {
  const tombstones = selectDeleted(desk, request);
  const ret = retOf(request);
  const ink = desk.file.settings;
  const shown = isCountOnly(request) ? [] : tombstones;
  return counted(
    request,
    {
      status: statusOf(tombstones.length, OK),
      rets: shown.map((tombstone) => ret(`${is}DeletedRet`, tombstoneOf(ink, is, tombstone))),
      ids: shown.map(({ id }) => id),
    },
    tombstones.length,
  );
}

const undeposited = (ink: Ink, txn: Txn): string =>
  leaf("TxnID", txn.id) +
  leaf("TxnType", txn.kind) +
  ref(ink, "CustomerRef", txn.party) +
  leaf("TxnDate", dayText(txn.day)) +
  textLeaf(ink, "RefNumber", txn.refNumber) +
  leaf("Amount", amount(txn.totalCents));

function undepositedOutcome(desk: Desk, request: XmlElement): Outcome {
  const { txns } = desk.file.books;
  const waiting = [...txns.ReceivePayment, ...txns.SalesReceipt].filter(
    ({ deposit, toAccount }) => deposit === null && toAccount?.name === "Undeposited Funds",
  );
  const ret = retOf(request);
  const shown = isCountOnly(request) ? [] : waiting;
  return counted(
    request,
    {
      status: statusOf(waiting.length, OK),
      rets: shown.map((txn) =>
        ret("ReceivePaymentToDepositRet", undeposited(desk.file.settings, txn)),
      ),
      ids: shown.map(({ id }) => id),
    },
    waiting.length,
  );
}

/** Everything that a query for records is about. Throws StatusError. */
function found(desk: Desk, request: XmlElement, query: string): Found<Row | Txn> {
  if (query === "TransactionQuery") return selectAny(desk, request);
  const lists = listKindsOf(query);
  if (lists !== undefined) return selectRows(desk, lists, request);
  const txns = txnKindsOf(query);
  if (txns !== undefined) return selectTxns(desk, txns, request);
  throw new StatusError(1030, `The request ${request.name} is not simulated.`);
}

function refusePersonal({ settings }: Desk, request: XmlElement, query: string): void {
  if (query !== "EmployeeQuery" || settings.isPersonalDataAllowed) return;
  const names = textsOf(request, "IncludeRetElement");
  if (names.length > 0 && !names.some((name) => PERSONAL.includes(name))) return;
  throw new StatusError(3261, "The application does not have permission to access personal data.");
}

function recordsOutcome(desk: Desk, request: XmlElement, query: string): Outcome {
  refusePersonal(desk, request, query);
  const { iterator } = request.attributes;
  if (iterator === "Stop") return stop(desk, request);
  if (iterator === "Continue") return page(desk, request, next(desk, request), OK);
  const all = found(desk, request, query);
  if (isCountOnly(request)) {
    const count = Math.min(all.records.length, Number(textOf(request, "MaxReturned") || Infinity));
    return { status: statusOf(count, all.status), rets: [], retCount: count };
  }
  if (iterator === "Start") return page(desk, request, start(desk, request, all), all.status);
  const records = all.records.slice(0, Number(textOf(request, "MaxReturned") || Infinity));
  return page(desk, request, { records }, all.status);
}

function page(
  desk: Desk,
  request: XmlElement,
  { records, iterator }: Taken,
  status: Status,
): Outcome {
  const { books, settings: ink } = desk.file;
  const ret = retOf(request);
  const wanted = {
    lines: isYes(request, "IncludeLineItems"),
    links: isYes(request, "IncludeLinkedTxns"),
  };
  const isSummary = request.name === "TransactionQueryRq";
  const isEntity = request.name === "EntityQueryRq";
  const hasCustom = textsOf(request, "OwnerID").includes("0");
  let lines = 0;
  const rets = records.map((record) => {
    if (!isTxn(record)) {
      const inside = renderRow(ink, books, record) + (hasCustom ? customFields(ink, record) : "");
      return ret(`${record.kind}Ret`, isEntity ? withoutPersonal(inside) : inside);
    }
    if (isSummary) return ret("TransactionRet", summaryOf(ink, record));
    if (wanted.lines) lines += record.lines.length + record.out.length;
    return ret(`${record.kind}Ret`, renderTxn(ink, books, record, wanted));
  });
  const outcome: Outcome = {
    status: statusOf(records.length, status),
    rets,
    lines,
    ids: records.map(({ id }) => id),
  };
  return counted(request, iterator === undefined ? outcome : { ...outcome, iterator }, rets.length);
}

/** EntityQuery shows employees without what only EmployeeQuery may. */
const withoutPersonal = (inside: string): string =>
  PERSONAL.reduce(
    (text, name) => text.replace(new RegExp(`<${name}>[^]*?</${name}>\n`), ""),
    inside,
  );
