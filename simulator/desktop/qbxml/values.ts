/** What the text of an element must look like. */
type Rule = RegExp | ReadonlySet<string>;

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const TEXT = /^[^]*$/;
const ID = /^.{0,36}$/s;
const BOOL = /^\s*(true|false|1|0)?\s*$/;
const AMOUNT = /^([+-]?\d{1,13}(\.\d\d)?)?$/;
const DATE = /^\s*(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?\s*$/;
const DATE_TIME =
  /^(\d{4}-\d{1,2}-\d{1,2}(T\d{1,2}(:\d{1,2}(:\d{1,2}([+-]\d{1,2}:\d{1,2})?)?)?)?)?$/;
const REPORT_MACRO = words(
  "All Today ThisWeek ThisWeekToDate ThisMonth ThisMonthToDate ThisQuarter ThisQuarterToDate " +
    "ThisYear ThisYearToDate Yesterday LastWeek LastWeekToDate LastMonth LastMonthToDate " +
    "LastQuarter LastQuarterToDate LastYear LastYearToDate NextWeek NextFourWeeks NextMonth " +
    "NextQuarter NextYear",
);
const GUID = /^(0|\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\})$/;

/** The rules for the elements of queries, from the types of qbXML 13.0. */
export const VALUES: Readonly<Record<string, Rule>> = {
  ListID: ID,
  TxnID: ID,
  ListIDWithChildren: ID,
  FullName: TEXT,
  FullNameWithChildren: TEXT,
  Name: TEXT,
  FromName: TEXT,
  ToName: TEXT,
  RefNumber: TEXT,
  RefNumberCaseSensitive: TEXT,
  FromRefNumber: TEXT,
  ToRefNumber: TEXT,
  IncludeRetElement: TEXT,
  OwnerID: GUID,
  MaxReturned: /^\s*\+?0*[1-9]\d{0,8}\s*$/,
  IncludeLineItems: BOOL,
  IncludeLinkedTxns: BOOL,
  IncludeMaxCapacity: BOOL,
  FromModifiedDate: DATE_TIME,
  ToModifiedDate: DATE_TIME,
  FromDeletedDate: DATE_TIME,
  ToDeletedDate: DATE_TIME,
  FromTxnDate: DATE,
  ToTxnDate: DATE,
  FromReportDate: DATE,
  ToReportDate: DATE,
  FromReportModifiedDate: DATE,
  ToReportModifiedDate: DATE,
  ReportDateMacro: REPORT_MACRO,
  ReportModifiedDateRangeMacro: REPORT_MACRO,
  DisplayReport: BOOL,
  AgingReportType: words(
    "APAgingDetail APAgingSummary ARAgingDetail ARAgingSummary CollectionsReport",
  ),
  GeneralSummaryReportType: words(
    "BalanceSheetByClass BalanceSheetPrevYearComp BalanceSheetStandard BalanceSheetSummary " +
      "CustomerBalanceSummary ExpenseByVendorSummary IncomeByCustomerSummary " +
      "InventoryStockStatusByItem InventoryStockStatusByVendor IncomeTaxSummary " +
      "InventoryValuationSummary InventoryValuationSummaryBySite LotNumberInStockBySite " +
      "PhysicalInventoryWorksheet ProfitAndLossByClass ProfitAndLossByJob " +
      "ProfitAndLossPrevYearComp ProfitAndLossStandard ProfitAndLossYTDComp " +
      "PurchaseByItemSummary PurchaseByVendorSummary SalesByCustomerSummary SalesByItemSummary " +
      "SalesByRepSummary SalesTaxLiability SalesTaxRevenueSummary SerialNumberInStockBySite " +
      "TrialBalance VendorBalanceSummary",
  ),
  SummarizeColumnsBy: words(
    "Account BalanceSheet Class Customer CustomerType Day Employee FourWeek HalfMonth " +
      "IncomeStatement ItemDetail ItemType Month Payee PaymentMethod PayrollItemDetail " +
      "PayrollYtdDetail Quarter SalesRep SalesTaxCode ShipMethod Terms TotalOnly TwoWeek Vendor " +
      "VendorType Week Year",
  ),
  IncludeSubcolumns: BOOL,
  ReportCalendar: words("CalendarYear FiscalYear TaxYear"),
  ReturnRows: words("ActiveOnly NonZero All"),
  ReturnColumns: words("ActiveOnly NonZero All"),
  ReportBasis: words("Accrual Cash None"),
  ReportAgingAsOf: words("ReportEndDate Today"),
  ReportDetailLevelFilter: words("All AllExceptSummary SummaryOnly"),
  ReportPostingStatusFilter: words("Either NonPosting Posting"),
  IncludeAccounts: words("All InUse"),
  IncludeColumn: words(
    "Account Aging Amount AmountDifference AverageCost BilledDate BillingStatus " +
      "CalculatedAmount Class ClearedStatus CostPrice Credit Currency Date Debit DeliveryDate " +
      "DueDate EstimateActive ExchangeRate FOB IncomeSubjectToTax Invoiced Item ItemDesc " +
      "LastModifiedBy LatestOrPriorState Memo ModifiedTime Name NameAccountNumber NameAddress " +
      "NameCity NameContact NameEmail NameFax NamePhone NameState NameZip OpenBalance " +
      "OriginalAmount PaidAmount PaidStatus PaidThroughDate PaymentMethod PayrollItem PONumber " +
      "PrintStatus ProgressAmount ProgressPercent Quantity QuantityAvailable QuantityOnHand " +
      "QuantityOnSalesOrder ReceivedQuantity RefNumber RunningBalance SalesRep SalesTaxCode " +
      "SerialOrLotNumber ShipDate ShipMethod SourceName SplitAccount SSNOrTaxID TaxLine " +
      "TaxTableVersion Terms TxnID TxnNumber TxnType UnitPrice UserEdit ValueOnHand WageBase " +
      "WageBaseTips",
  ),
  Amount: AMOUNT,
  ActiveStatus: words("ActiveOnly InactiveOnly All"),
  MatchCriterion: words("StartsWith Contains EndsWith"),
  Operator: words("LessThan LessThanEqual Equal GreaterThan GreaterThanEqual"),
  PaidStatus: words("All PaidOnly NotPaidOnly"),
  AccountType: words(
    "AccountsPayable AccountsReceivable Bank CostOfGoodsSold CreditCard Equity Expense " +
      "FixedAsset Income LongTermLiability NonPosting OtherAsset OtherCurrentAsset " +
      "OtherCurrentLiability OtherExpense OtherIncome",
  ),
  PaymentMethodType: words(
    "AmericanExpress Cash Check DebitCard Discover ECheck GiftCard MasterCard Other " +
      "OtherCreditCard Visa",
  ),
  DateMacro: words(
    "All Today ThisWeek ThisWeekToDate ThisMonth ThisMonthToDate ThisCalendarQuarter " +
      "ThisCalendarQuarterToDate ThisFiscalQuarter ThisFiscalQuarterToDate ThisCalendarYear " +
      "ThisCalendarYearToDate ThisFiscalYear ThisFiscalYearToDate Yesterday LastWeek " +
      "LastWeekToDate LastMonth LastMonthToDate LastCalendarQuarter LastCalendarQuarterToDate " +
      "LastFiscalQuarter LastFiscalQuarterToDate LastCalendarYear LastCalendarYearToDate " +
      "LastFiscalYear LastFiscalYearToDate NextWeek NextFourWeeks NextMonth NextCalendarQuarter " +
      "NextCalendarYear NextFiscalQuarter NextFiscalYear",
  ),
  ListDelType: words(
    "Account BillingRate Class Currency Customer CustomerMsg CustomerType DateDrivenTerms " +
      "Employee InventorySite ItemDiscount ItemFixedAsset ItemGroup ItemInventory " +
      "ItemInventoryAssembly ItemNonInventory ItemOtherCharge ItemPayment ItemSalesTax " +
      "ItemSalesTaxGroup ItemService ItemSubtotal JobType OtherName PaymentMethod " +
      "PayrollItemNonWage PayrollItemWage PriceLevel SalesRep SalesTaxCode ShipMethod " +
      "StandardTerms ToDo UnitOfMeasureSet Vehicle Vendor VendorType WorkersCompCode",
  ),
  TxnDelType: words(
    "ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly Charge " +
      "Check CreditCardCharge CreditCardCredit CreditMemo Deposit Estimate InventoryAdjustment " +
      "Invoice ItemReceipt JournalEntry PurchaseOrder ReceivePayment SalesOrder SalesReceipt " +
      "SalesTaxPaymentCheck TimeTracking TransferInventory VehicleMileage VendorCredit",
  ),
  TxnTypeFilter: words(
    "All ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly Charge " +
      "Check CreditCardCharge CreditCardCredit CreditMemo Deposit Estimate InventoryAdjustment " +
      "Invoice ItemReceipt JournalEntry LiabilityAdjustment Paycheck PayrollLiabilityCheck " +
      "PurchaseOrder ReceivePayment SalesOrder SalesReceipt SalesTaxPaymentCheck Transfer " +
      "VendorCredit YTDAdjustment",
  ),
  EntityTypeFilter: words("Customer Employee OtherName Vendor"),
  AccountTypeFilter: words(
    "AccountsPayable AccountsReceivable AllowedFor1099 APAndSalesTax APOrCreditCard ARAndAP " +
      "Asset BalanceSheet Bank BankAndARAndAPAndUF BankAndUF CostOfSales CreditCard " +
      "CurrentAsset CurrentAssetAndExpense CurrentLiability Equity EquityAndIncomeAndExpense " +
      "ExpenseAndOtherExpense FixedAsset IncomeAndExpense IncomeAndOtherIncome Liability " +
      "LiabilityAndEquity LongTermLiability NonPosting OrdinaryExpense OrdinaryIncome " +
      "OrdinaryIncomeAndCOGS OrdinaryIncomeAndExpense OtherAsset OtherCurrentAsset " +
      "OtherCurrentLiability OtherExpense OtherIncome OtherIncomeOrExpense",
  ),
  ItemTypeFilter: words(
    "AllExceptFixedAsset Assembly Discount FixedAsset Inventory InventoryAndAssembly " +
      "NonInventory OtherCharge Payment Sales SalesTax Service",
  ),
  TransactionDetailLevelFilter: words("All SummaryOnly AllExceptSummary"),
  TransactionPostingStatusFilter: words("Either NonPosting Posting"),
  TransactionPaidStatusFilter: words("Either Closed Open"),
  AssignToObject: words(
    "Account ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly " +
      "Charge Check Company CreditCardCharge CreditCardCredit CreditMemo Customer Deposit " +
      "Employee Estimate InventoryAdjustment Invoice Item ItemReceipt JournalEntry OtherName " +
      "PurchaseOrder ReceivePayment SalesOrder SalesReceipt SalesTaxPaymentCheck Vendor " +
      "VendorCredit",
  ),
};

/** Requests of qbXML 13.0 that are not queries answered here, without their Rq. */
export const OTHER_REQUESTS: ReadonlySet<string> = words(
  "ARRefundCreditCardAdd AccountAdd AccountMod AccountTaxLineInfoQuery " +
    "BarCodeQuery BillAdd BillMod BillPaymentCheckAdd BillPaymentCheckMod " +
    "BillPaymentCreditCardAdd BillToPayQuery BillingRateAdd BillingRateQuery " +
    "BudgetSummaryReportQuery BuildAssemblyAdd BuildAssemblyMod BuildAssemblyQuery ChargeAdd " +
    "ChargeMod ChargeQuery CheckAdd CheckMod ClassAdd ClassMod ClearedStatusMod " +
    "CreditCardChargeAdd CreditCardChargeMod CreditCardCreditAdd CreditCardCreditMod " +
    "CreditMemoAdd CreditMemoMod CurrencyAdd CurrencyMod CustomDetailReportQuery " +
    "CustomSummaryReportQuery CustomerAdd CustomerMod CustomerMsgAdd CustomerTypeAdd DataExtAdd " +
    "DataExtDefAdd DataExtDefDel DataExtDefMod DataExtDel DataExtMod DateDrivenTermsAdd " +
    "DepositAdd DepositMod EmployeeAdd EmployeeMod EstimateAdd EstimateMod " +
    "Form1099CategoryAccountMappingMod Form1099CategoryAccountMappingQuery " +
    "GeneralDetailReportQuery InventoryAdjustmentAdd " +
    "InventoryAdjustmentMod InventorySiteAdd InventorySiteMod InventorySiteQuery InvoiceAdd " +
    "InvoiceMod ItemAssembliesCanBuildQuery ItemDiscountAdd ItemDiscountMod ItemFixedAssetAdd " +
    "ItemFixedAssetMod ItemGroupAdd ItemGroupMod ItemInventoryAdd ItemInventoryAssemblyAdd " +
    "ItemInventoryAssemblyMod ItemInventoryMod ItemNonInventoryAdd ItemNonInventoryMod " +
    "ItemOtherChargeAdd ItemOtherChargeMod ItemPaymentAdd ItemPaymentMod ItemReceiptAdd " +
    "ItemReceiptMod ItemSalesTaxAdd ItemSalesTaxGroupAdd ItemSalesTaxGroupMod ItemSalesTaxMod " +
    "ItemServiceAdd ItemServiceMod ItemSitesQuery ItemSubtotalAdd ItemSubtotalMod JobReportQuery " +
    "JobTypeAdd JournalEntryAdd JournalEntryMod LeadAdd LeadMod LeadQuery ListDel ListDisplayAdd " +
    "ListDisplayMod ListMerge OtherNameAdd OtherNameMod PaymentMethodAdd PayrollDetailReportQuery " +
    "PayrollItemWageAdd PayrollLastPeriodQuery PayrollSummaryReportQuery PriceLevelAdd " +
    "PriceLevelMod PurchaseOrderAdd PurchaseOrderMod ReceivePaymentAdd ReceivePaymentMod " +
    "SalesOrderAdd SalesOrderMod SalesReceiptAdd SalesReceiptMod SalesRepAdd SalesRepMod " +
    "SalesTaxCodeAdd SalesTaxCodeMod SalesTaxPayableQuery SalesTaxPaymentCheckAdd " +
    "SalesTaxPaymentCheckMod SalesTaxPaymentCheckQuery SalesTaxReturnLineQuery " +
    "SalesTaxReturnQuery ShipMethodAdd SpecialAccountAdd SpecialItemAdd StandardTermsAdd " +
    "TimeReportQuery TimeTrackingAdd TimeTrackingMod ToDoAdd ToDoMod ToDoQuery TransferAdd " +
    "TransferInventoryAdd TransferInventoryMod TransferInventoryQuery TransferMod TxnDel " +
    "TxnDisplayAdd TxnDisplayMod TxnVoid UnitOfMeasureSetAdd VehicleAdd VehicleMileageAdd " +
    "VehicleMileageQuery VehicleMod VendorAdd VendorCreditAdd VendorCreditMod VendorMod " +
    "VendorTypeAdd WorkersCompCodeAdd WorkersCompCodeMod WorkersCompCodeQuery",
);
