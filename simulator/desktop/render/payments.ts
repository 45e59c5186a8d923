import type { Application, Books } from "../file/books.ts";
import { balanceOf, remainingOf } from "../file/form.ts";
import { accountsOf } from "../file/make.ts";
import { amount } from "../file/money.ts";
import { leaf, note, ref, textLeaf, type Ink } from "./ink.ts";
import { appliedTo, type Page, type Render } from "./wanted.ts";

/** AppliedToTxnRet comes with lines; these queries have no switch of their own for it. */
function applications({ ink, books, txn, wanted }: Page): string {
  if (!wanted.lines) return "";
  let text = "";
  for (const application of txn.out) {
    text +=
      `<AppliedToTxnRet>\n${appliedTo(ink, application)}` +
      leaf("BalanceRemaining", amount(balanceOf(application.to))) +
      `<Amount>${amount(application.cents)}</Amount>\n` +
      discount(ink, books, application.discountCents) +
      "</AppliedToTxnRet>\n";
  }
  return text;
}

/** The account of discounts is one for expenses here. */
const discount = (ink: Ink, books: Books, cents: number): string =>
  cents === 0
    ? ""
    : leaf("DiscountAmount", amount(cents)) +
      ref(ink, "DiscountAccountRef", accountsOf(books).expenses);

export const receivePayment: Render = (page) => {
  const { ink, txn, date } = page;
  return (
    ref(ink, "CustomerRef", txn.party) +
    ref(ink, "ARAccountRef", txn.account) +
    date +
    textLeaf(ink, "RefNumber", txn.refNumber) +
    leaf("TotalAmount", amount(txn.totalCents)) +
    ref(ink, "PaymentMethodRef", txn.method) +
    note(ink, "Memo", txn.memo) +
    ref(ink, "DepositToAccountRef", txn.toAccount) +
    leaf("UnusedPayment", amount(remainingOf(txn))) +
    leaf("UnusedCredits", "0.00") +
    applications(page)
  );
};

export const billPayment: Render = (page) => {
  const { ink, txn, date } = page;
  const isCheck = txn.kind === "BillPaymentCheck";
  return (
    ref(ink, "PayeeEntityRef", txn.party) +
    ref(ink, "APAccountRef", txn.account) +
    date +
    ref(ink, isCheck ? "BankAccountRef" : "CreditCardAccountRef", txn.toAccount) +
    leaf("Amount", amount(txn.totalCents)) +
    textLeaf(ink, "RefNumber", txn.refNumber) +
    note(ink, "Memo", txn.memo) +
    (isCheck ? leaf("IsToBePrinted", "false") : "") +
    applications(page)
  );
};

const refunded = ({ ink }: Page, application: Application): string =>
  `<RefundAppliedToTxnRet>\n${appliedTo(ink, application)}` +
  leaf("CreditRemaining", amount(remainingOf(application.to))) +
  `<RefundAmount>${amount(application.cents)}</RefundAmount>\n</RefundAppliedToTxnRet>\n`;

export const refund: Render = (page) => {
  const { ink, txn, date, wanted } = page;
  return (
    ref(ink, "CustomerRef", txn.party) +
    ref(ink, "RefundFromAccountRef", txn.toAccount) +
    ref(ink, "ARAccountRef", txn.account) +
    date +
    textLeaf(ink, "RefNumber", txn.refNumber) +
    leaf("TotalAmount", amount(txn.totalCents)) +
    ref(ink, "PaymentMethodRef", txn.method) +
    note(ink, "Memo", txn.memo) +
    (wanted.lines ? txn.out.map((application) => refunded(page, application)).join("") : "")
  );
};
