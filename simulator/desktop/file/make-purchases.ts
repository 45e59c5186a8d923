import type { Row, Txn } from "./books.ts";
import { balanceOf, blankTxn, itemLine, lineOf, link, priceOf, relate, sumUp } from "./form.ts";
import type { TxnKind } from "./kinds.ts";
import { dayAt, laterDay, put, takeRef, type Making } from "./make-sales.ts";
import { memoText } from "./names.ts";

const COST_PERCENT = 60;

function purchase(making: Making, kind: TxnKind, party: Row, day: number): Txn {
  const { books, random } = making;
  const txn = blankTxn(kind, random.bits(), day);
  txn.party = party;
  txn.dueDay = day + 30;
  txn.refNumber = random.oneIn(8) ? "" : takeRef(books);
  txn.memo = random.oneIn(3) ? memoText(txn.bits) : "";
  const expenses = kind === "PurchaseOrder" ? 0 : 1 + random.below(2);
  for (let index = 0; index < expenses; index++) txn.lines.push(expenseLine(making));
  if (kind === "PurchaseOrder" || random.oneIn(2)) {
    const item = random.of(books.rows.ItemInventory);
    const cost = Math.ceil((priceOf(item) * COST_PERCENT) / 100);
    txn.lines.push({ ...itemLine(item, 100 * (1 + random.below(40)), cost), isTaxable: false });
  }
  sumUp(txn);
  return txn;
}

function expenseLine({ books, random, accounts }: Making) {
  return lineOf({
    account: accounts.expenses,
    text: random.oneIn(3) ? memoText(random.bits()) : "",
    amountCents: 100 + random.below(80_000),
    party: random.oneIn(4) ? random.of(books.rows.Customer) : null,
  });
}

/** Bills, purchase orders and credits of vendors, and what was paid to them. */
function billsAndPayments(making: Making): void {
  const { books, plan, random, accounts } = making;
  for (let index = 0; index < plan.Bill; index++) {
    const bill = purchase(
      making,
      "Bill",
      random.of(books.rows.Vendor),
      dayAt(making, index, plan.Bill),
    );
    bill.account = accounts.payable;
    bill.terms = random.of(books.rows.StandardTerms);
    put(making, bill);
  }
  const bills = books.txns.Bill;
  const payments = plan.BillPaymentCheck + plan.BillPaymentCreditCard;
  for (let index = 0; index < payments; index++) {
    const kind = index < plan.BillPaymentCheck ? "BillPaymentCheck" : "BillPaymentCreditCard";
    const bill = bills[Math.floor((index * bills.length) / payments)];
    if (bill === undefined) continue;
    const payment = blankTxn(kind, random.bits(), laterDay(making, bill.day));
    payment.party = bill.party;
    payment.account = accounts.payable;
    payment.toAccount = kind === "BillPaymentCheck" ? accounts.checking : accounts.card;
    payment.refNumber = takeRef(books);
    const owed = balanceOf(bill);
    payment.totalCents = random.oneIn(6) ? Math.ceil(owed / 2) : owed;
    if (payment.totalCents > 0) link(payment, bill, payment.totalCents);
    put(making, payment);
  }
  for (let index = 0; index < plan.VendorCredit; index++) {
    const bill = bills.findLast((other) => balanceOf(other) > 0) ?? random.of(bills);
    if (bill.party === null) continue;
    const credit = purchase(making, "VendorCredit", bill.party, laterDay(making, bill.day));
    credit.account = accounts.payable;
    put(making, credit);
    const cents = Math.min(balanceOf(bill), credit.totalCents);
    if (cents > 0 && index % 2 === 0) link(credit, bill, cents);
  }
}

/** Everything that is bought, and the money for it. */
export function makePurchases(making: Making): void {
  const { books, plan, random, accounts } = making;
  billsAndPayments(making);
  for (let index = 0; index < plan.PurchaseOrder; index++) {
    const bill = random.of(books.txns.Bill);
    if (bill.party === null) continue;
    const day = Math.max(making.firstDay, bill.day - random.below(30));
    const order = put(making, purchase(making, "PurchaseOrder", bill.party, day));
    if (index % 2 === 0 && bill.related.length === 0) relate(order, bill);
  }
  for (const kind of ["Check", "CreditCardCharge"] as const) {
    for (let index = 0; index < plan[kind]; index++) {
      const day = dayAt(making, index, plan[kind]);
      const txn = purchase(making, kind, random.of(books.rows.Vendor), day);
      txn.account = kind === "Check" ? accounts.checking : accounts.card;
      put(making, txn);
    }
  }
}
