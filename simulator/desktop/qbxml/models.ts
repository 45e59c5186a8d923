/**
 * What a request may hold, written like a DTD: the order of elements, `?` optional, `*` any number,
 * `+` at least one, `|` a choice. Taken from qbXML 13.0.
 */
const NAMES = "(NameFilter|NameRangeFilter)?";
const REFS = "(RefNumberFilter|RefNumberRangeFilter)?";
const DATES = "(ModifiedDateRangeFilter|TxnDateRangeFilter)?";
const ACTIVE = "MaxReturned?,ActiveStatus?,FromModifiedDate?,ToModifiedDate?";
const RETS = "IncludeRetElement*";

const list = (more = "", id = "ListID+|FullName+"): string =>
  `(${id}|(${ACTIVE},${NAMES}${more}))?,${RETS}`;
const txn = (filters: string, after: string): string =>
  `(TxnID+|RefNumber+|RefNumberCaseSensitive+|(MaxReturned?,${filters}))?,${after}`;

const OWNED = ",OwnerID*";
const LINES = `IncludeLineItems?,${RETS}${OWNED}`;
const LINES_AND_LINKS = `IncludeLineItems?,IncludeLinkedTxns?,${RETS}${OWNED}`;
const FILTERS = `${DATES},EntityFilter?,AccountFilter?,${REFS},CurrencyFilter?`;
const CHOICE = "(ListID+|FullName+|ListIDWithChildren|FullNameWithChildren)";
const SOME = (type: string): string =>
  `(${type}|ListID+|FullName+|ListIDWithChildren|FullNameWithChildren)`;

/** A query: its model, and whether it has metaData and iterators. */
interface Model {
  content: string;
  metaData: boolean;
  iterator: boolean;
  /** The first qbXML version that knows it, where that is later than 5.0. */
  since?: number;
}

const plain = (content: string): Model => ({ content, metaData: false, iterator: false });
const counted = (content: string): Model => ({ content, metaData: true, iterator: false });
const paged = (content: string, since?: number): Model => ({
  content,
  metaData: true,
  iterator: true,
  ...(since === undefined ? {} : { since }),
});

const each = (names: string, model: Model): [string, Model][] =>
  names.split(" ").map((name) => [name, model]);

const transactions =
  "MaxReturned?,(RefNumber+|RefNumberCaseSensitive+|RefNumberFilter|RefNumberRangeFilter)?," +
  "TransactionModifiedDateRangeFilter?,TransactionDateRangeFilter?,TransactionEntityFilter?," +
  "TransactionAccountFilter?,TransactionItemFilter?,TransactionClassFilter?,TransactionTypeFilter?," +
  "TransactionDetailLevelFilter?,TransactionPostingStatusFilter?,TransactionPaidStatusFilter?," +
  "CurrencyFilter?";

const REPORT =
  "(ReportPeriod|ReportDateMacro)?,ReportAccountFilter?,ReportEntityFilter?,ReportItemFilter?," +
  "ReportClassFilter?,ReportTxnTypeFilter?," +
  "(ReportModifiedDateRangeFilter|ReportModifiedDateRangeMacro)?,ReportDetailLevelFilter?," +
  "ReportPostingStatusFilter?";
const SUMMARY =
  "SummarizeColumnsBy?,IncludeSubcolumns?,ReportCalendar?,ReturnRows?,ReturnColumns?,ReportBasis?";
const AGING = "IncludeColumn*,IncludeAccounts?,ReportAgingAsOf?";

/** All queries that QuickBooks answers here, by name without Rq. */
export const QUERIES: ReadonlyMap<string, Model> = new Map([
  ...each("HostQuery", plain(`IncludeListMetaData?,${RETS}`)),
  ...each("CompanyQuery", plain(`${RETS}${OWNED}`)),
  ...each("CompanyActivityQuery PreferencesQuery", plain(RETS)),
  ...each("AccountQuery", counted(list(",AccountType*,CurrencyFilter?") + OWNED)),
  ...each(
    "CustomerQuery VendorQuery",
    paged(list(",TotalBalanceFilter?,CurrencyFilter?,ClassFilter?") + OWNED),
  ),
  ...each("EmployeeQuery OtherNameQuery", counted(list() + OWNED)),
  ...each("EntityQuery", paged(list())),
  ...each(
    "StandardTermsQuery DateDrivenTermsQuery TermsQuery ClassQuery SalesRepQuery " +
      "CustomerTypeQuery VendorTypeQuery JobTypeQuery CustomerMsgQuery ShipMethodQuery " +
      "SalesTaxCodeQuery PayrollItemWageQuery PayrollItemNonWageQuery VehicleQuery " +
      "UnitOfMeasureSetQuery CurrencyQuery",
    counted(list()),
  ),
  ...each("PaymentMethodQuery", counted(list(",PaymentMethodType*"))),
  ...each(
    "ItemServiceQuery ItemNonInventoryQuery ItemOtherChargeQuery ItemInventoryQuery " +
      "ItemInventoryAssemblyQuery ItemFixedAssetQuery ItemDiscountQuery ItemPaymentQuery " +
      "ItemSalesTaxQuery",
    paged(list(",ClassFilter?") + OWNED),
  ),
  ...each(
    "ItemSubtotalQuery ItemSalesTaxGroupQuery ItemGroupQuery ItemQuery",
    paged(list() + OWNED),
  ),
  ...each("TemplateQuery ReceivePaymentToDepositQuery", counted(RETS)),
  ...each("PriceLevelQuery", counted(list(",ItemRef?,CurrencyFilter?"))),
  ...each("InvoiceQuery BillQuery", paged(txn(`${FILTERS},PaidStatus?`, LINES_AND_LINKS))),
  ...each(
    "EstimateQuery CreditMemoQuery PurchaseOrderQuery ItemReceiptQuery VendorCreditQuery CheckQuery",
    paged(txn(FILTERS, LINES_AND_LINKS)),
  ),
  ...each(
    "SalesOrderQuery",
    paged(txn(`${DATES},EntityFilter?,${REFS},CurrencyFilter?`, LINES_AND_LINKS)),
  ),
  ...each(
    "SalesReceiptQuery ReceivePaymentQuery BillPaymentCheckQuery BillPaymentCreditCardQuery " +
      "CreditCardChargeQuery CreditCardCreditQuery JournalEntryQuery ARRefundCreditCardQuery",
    paged(txn(FILTERS, LINES)),
  ),
  ...each(
    "InventoryAdjustmentQuery",
    paged(txn(`${DATES},EntityFilter?,AccountFilter?,ItemFilter?,${REFS}`, LINES)),
  ),
  ...each(
    "TimeTrackingQuery",
    paged(`(TxnID+|(MaxReturned?,${DATES},TimeTrackingEntityFilter?))?,${RETS}`),
  ),
  ...each(
    "DepositQuery",
    paged(
      `(TxnID+|(MaxReturned?,${DATES},EntityFilter?,AccountFilter?,CurrencyFilter?))?,${LINES}`,
    ),
  ),
  ...each("TransferQuery", paged(`(TxnID+|(MaxReturned?,${DATES}))?,${RETS}`, 12)),
  ...each("ListDeletedQuery", counted(`ListDelType+,DeletedDateRangeFilter?,${RETS}`)),
  ...each("TxnDeletedQuery", counted(`TxnDelType+,DeletedDateRangeFilter?,${RETS}`)),
  ...each("TransactionQuery", paged(`(TxnID+|(${transactions}))?,${RETS}`)),
  ...each("AgingReportQuery", plain(`AgingReportType,DisplayReport?,${REPORT},${AGING}`)),
  ...each(
    "GeneralSummaryReportQuery",
    plain(`GeneralSummaryReportType,DisplayReport?,${REPORT},${SUMMARY}`),
  ),
  ...each("DataExtDefQuery", counted(`(OwnerID*|AssignToObject*)?,${RETS}`)),
]);

/** The models of the elements inside queries that hold others. */
export const NESTED: Readonly<Record<string, string>> = {
  IncludeListMetaData: "IncludeMaxCapacity",
  NameFilter: "MatchCriterion,Name",
  NameRangeFilter: "FromName?,ToName?",
  TotalBalanceFilter: "Operator,Amount",
  CurrencyFilter: "(ListID+|FullName+)",
  ItemRef: "ListID?,FullName?",
  ClassFilter: CHOICE,
  EntityFilter: CHOICE,
  AccountFilter: CHOICE,
  ItemFilter: CHOICE,
  TransactionClassFilter: CHOICE,
  TimeTrackingEntityFilter: "(ListID+|FullName+)",
  ModifiedDateRangeFilter: "FromModifiedDate?,ToModifiedDate?",
  TxnDateRangeFilter: "((FromTxnDate?,ToTxnDate?)|DateMacro)",
  RefNumberFilter: "MatchCriterion,RefNumber",
  RefNumberRangeFilter: "FromRefNumber?,ToRefNumber?",
  DeletedDateRangeFilter: "FromDeletedDate?,ToDeletedDate?",
  TransactionModifiedDateRangeFilter: "((FromModifiedDate?,ToModifiedDate?)|DateMacro)",
  TransactionDateRangeFilter: "((FromTxnDate?,ToTxnDate?)|DateMacro)",
  TransactionEntityFilter: SOME("EntityTypeFilter"),
  TransactionAccountFilter: SOME("AccountTypeFilter"),
  TransactionItemFilter: SOME("ItemTypeFilter"),
  TransactionTypeFilter: "TxnTypeFilter+",
  ReportPeriod: "FromReportDate?,ToReportDate?",
  ReportAccountFilter: SOME("AccountTypeFilter"),
  ReportEntityFilter: SOME("EntityTypeFilter"),
  ReportItemFilter: SOME("ItemTypeFilter"),
  ReportClassFilter: CHOICE,
  ReportTxnTypeFilter: "TxnTypeFilter+",
  ReportModifiedDateRangeFilter: "FromReportModifiedDate?,ToReportModifiedDate?",
};
