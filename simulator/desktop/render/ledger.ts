import { txnId, type Line, type Txn } from "../file/books.ts";
import { amount, quantity } from "../file/money.ts";
import { flag, leaf, note, ref, textLeaf } from "./ink.ts";
import { lineId, type Page, type Render } from "./wanted.ts";

const MINUTES_PER_HOUR = 60;

function journalLine({ ink }: Page, line: Line): string {
  const name = line.isDebit ? "JournalDebitLine" : "JournalCreditLine";
  return (
    `<${name}>\n` +
    lineId(line) +
    ref(ink, "AccountRef", line.account) +
    leaf("Amount", amount(line.amountCents)) +
    textLeaf(ink, "Memo", line.text) +
    ref(ink, "EntityRef", line.party) +
    `</${name}>\n`
  );
}

export const journalEntry: Render = (page) => {
  const { ink, txn, date, wanted } = page;
  return (
    date +
    textLeaf(ink, "RefNumber", txn.refNumber) +
    note(ink, "Memo", txn.memo) +
    flag("IsAdjustment", false) +
    (wanted.lines ? txn.lines.map((line) => journalLine(page, line)).join("") : "")
  );
};

const sourceOf = (source: Txn | null): string =>
  source === null ? "" : `<TxnType>${source.kind}</TxnType>\n<TxnID>${source.id}</TxnID>\n`;

function depositLine({ ink }: Page, line: Line): string {
  const { source } = line;
  return (
    "<DepositLineRet>\n" +
    sourceOf(source) +
    lineId(line) +
    leaf("PaymentTxnLineID", source === null ? "" : txnId(source.serial + 2, source.created)) +
    ref(ink, "EntityRef", line.party) +
    ref(ink, "AccountRef", line.account) +
    textLeaf(ink, "Memo", line.text) +
    ref(ink, "PaymentMethodRef", source?.method) +
    leaf("Amount", amount(line.amountCents)) +
    "</DepositLineRet>\n"
  );
}

export const deposit: Render = (page) => {
  const { ink, txn, date, wanted } = page;
  return (
    date +
    ref(ink, "DepositToAccountRef", txn.toAccount) +
    note(ink, "Memo", txn.memo) +
    leaf("DepositTotal", amount(txn.totalCents)) +
    (wanted.lines ? txn.lines.map((line) => depositLine(page, line)).join("") : "")
  );
};

export const transfer: Render = ({ ink, txn, date }) =>
  date +
  ref(ink, "TransferFromAccountRef", txn.account) +
  ref(ink, "TransferToAccountRef", txn.toAccount) +
  leaf("Amount", amount(txn.totalCents)) +
  note(ink, "Memo", txn.memo);

const adjustmentLine = ({ ink }: Page, line: Line): string =>
  "<InventoryAdjustmentLineRet>\n" +
  lineId(line) +
  ref(ink, "ItemRef", line.item) +
  leaf("QuantityDifference", quantity(line.quantity)) +
  leaf("ValueDifference", amount(line.amountCents)) +
  "</InventoryAdjustmentLineRet>\n";

export const inventoryAdjustment: Render = (page) => {
  const { ink, txn, date, wanted } = page;
  return (
    ref(ink, "AccountRef", txn.account) +
    date +
    textLeaf(ink, "RefNumber", txn.refNumber) +
    note(ink, "Memo", txn.memo) +
    (wanted.lines ? txn.lines.map((line) => adjustmentLine(page, line)).join("") : "")
  );
};

export const timeTracking: Render = ({ ink, txn, date }) => {
  const [line] = txn.lines;
  const minutes = line?.quantity ?? 0;
  const hours = Math.floor(minutes / MINUTES_PER_HOUR);
  return (
    date +
    ref(ink, "EntityRef", txn.party) +
    ref(ink, "CustomerRef", line?.party) +
    ref(ink, "ItemServiceRef", line?.item) +
    leaf("Duration", `PT${hours}H${minutes % MINUTES_PER_HOUR}M`) +
    ref(ink, "ClassRef", txn.class) +
    note(ink, "Notes", txn.memo) +
    leaf("BillableStatus", line?.party === null ? "NotBillable" : "Billable")
  );
};
