import type { CompanyFile } from "../file/company-file.ts";
import { stamp } from "../file/times.ts";
import { flag, leaf, ref, textLeaf, wrapped } from "../render/ink.ts";
import type { Desk } from "./desk.ts";
import { childOf, textsOf, type XmlElement } from "./document.ts";
import { highestVersion, supportedVersions } from "./versions.ts";

const LISTS =
  "Account BillingRate Class CustomerMsg CustomerType Entity Item JobType PaymentMethod PayrollItem " +
  "PriceLevel SalesRep SalesTaxCode ShipMethod Template Terms ToDo Vehicle VendorType";

/** HostRet: the program, and what it understands. */
export function hostRet({ file, settings }: Desk, request: XmlElement): string {
  const { product, majorVersion, minorVersion } = file.settings;
  const capacities = LISTS.split(" ").map((name) =>
    wrapped(`${name}MetaData`, leaf("MaxCapacity", name === "Entity" ? "14500" : "10000")),
  );
  return (
    textLeaf(file.settings, "ProductName", product) +
    leaf("MajorVersion", String(majorVersion)) +
    leaf("MinorVersion", String(minorVersion)) +
    leaf("Country", "US") +
    supportedVersions(highestVersion(majorVersion))
      .map((version) => leaf("SupportedQBXMLVersion", version))
      .join("") +
    flag("IsAutomaticLogin", false) +
    leaf("QBFileMode", settings.fileMode) +
    (childOf(request, "IncludeListMetaData") === undefined
      ? ""
      : wrapped("ListMetaData", capacities.join("")))
  );
}

/** CompanyRet, with the private fields of the owners that are asked for. */
export function companyRet({ file }: Desk, request: XmlElement): string {
  const { books, settings } = file;
  const owners = textsOf(request, "OwnerID").map((owner) => owner.toLowerCase());
  const exts = books.dataExts
    .filter(({ ownerId }) => owners.includes(ownerId.toLowerCase()))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ ownerId, name, value }) =>
      wrapped(
        "DataExtRet",
        leaf("OwnerID", ownerId) +
          leaf("DataExtName", name) +
          leaf("DataExtType", "STR255TYPE") +
          textLeaf(settings, "DataExtValue", value),
      ),
    );
  const place = leaf("City", "Bayshore") + leaf("State", "CA") + leaf("PostalCode", "94326");
  return (
    flag("IsSampleCompany", false) +
    textLeaf(settings, "CompanyName", books.companyName) +
    textLeaf(settings, "LegalCompanyName", books.companyName) +
    wrapped("Address", leaf("Addr1", "1735 County Road") + place) +
    wrapped("LegalAddress", leaf("Addr1", "1735 County Road") + place) +
    leaf("Phone", "555-555-5555") +
    leaf("FirstMonthFiscalYear", "January") +
    leaf("FirstMonthIncomeTaxYear", "January") +
    leaf("CompanyType", "General Business") +
    textLeaf(settings, "EIN", books.ein) +
    leaf("TaxForm", "Form1120") +
    // Never a line break between the two: QuickBooks writes it so when there is nothing inside.
    "<SubscribedServices></SubscribedServices>\n" +
    wrapped("AccountantCopy", flag("AccountantCopyExists", false)) +
    exts.join("")
  );
}

/** CompanyActivityRet; what never happened was at the beginning of 1970, on the PC's wall clock. */
export function activityRet({ file }: Desk): string {
  const { books, settings } = file;
  const at = (seconds: number): string =>
    seconds === 0 ? `1970-01-01T00:00:00${stamp(0, settings).slice(-6)}` : stamp(seconds, settings);
  return (
    leaf("LastRestoreTime", at(books.lastRestored)) +
    leaf("LastCondenseTime", at(books.lastCondensed))
  );
}

const accounting = ({ books }: CompanyFile): string =>
  flag("IsUsingAccountNumbers", false) +
  flag("IsRequiringAccounts", true) +
  flag("IsUsingClassTracking", true) +
  flag("IsUsingAuditTrail", true) +
  flag("IsAssigningJournalEntryNumbers", true) +
  leaf("ClosingDate", books.closedUntil ?? "");

const financeCharge = (): string =>
  leaf("AnnualInterestRate", "10.00") +
  leaf("MinFinanceCharge", "5.00") +
  leaf("GracePeriod", "15") +
  flag("IsAssessingForOverdueCharges", false) +
  leaf("CalculateChargesFrom", "DueDate") +
  flag("IsMarkedToBePrinted", true);

const sales = (): string =>
  flag("IsTrackingReimbursedExpensesAsIncome", false) +
  flag("IsAutoApplyingPayments", true) +
  wrapped("PriceLevels", flag("IsUsingPriceLevels", true) + flag("IsRoundingSalesPriceUp", true));

function salesTax({ books, settings }: CompanyFile): string {
  const [taxable, none] = books.rows.SalesTaxCode;
  return (
    ref(settings, "DefaultItemSalesTaxRef", books.rows.ItemSalesTax[0]) +
    leaf("PaySalesTax", "Quarterly") +
    ref(settings, "DefaultTaxableSalesTaxCodeRef", taxable) +
    ref(settings, "DefaultNonTaxableSalesTaxCodeRef", none)
  );
}

/** PreferencesRet, with what this application may do. */
export function preferencesRet({ file, settings }: Desk): string {
  return (
    wrapped("AccountingPreferences", accounting(file)) +
    wrapped("FinanceChargePreferences", financeCharge()) +
    wrapped(
      "JobsAndEstimatesPreferences",
      flag("IsUsingEstimates", true) +
        flag("IsUsingProgressInvoicing", true) +
        flag("IsPrintingItemsWithZeroAmounts", false),
    ) +
    wrapped("MultiCurrencyPreferences", flag("IsMultiCurrencyOn", false)) +
    wrapped(
      "PurchasesAndVendorsPreferences",
      flag("IsUsingInventory", true) +
        leaf("DaysBillsAreDue", "10") +
        flag("IsAutomaticallyUsingDiscounts", false),
    ) +
    wrapped(
      "ReportsPreferences",
      leaf("AgingReportBasis", "AgeFromDueDate") + leaf("SummaryReportBasis", "Accrual"),
    ) +
    wrapped("SalesAndCustomersPreferences", sales()) +
    wrapped("SalesTaxPreferences", salesTax(file)) +
    wrapped("TimeTrackingPreferences", leaf("FirstDayOfWeek", "Monday")) +
    wrapped(
      "CurrentAppAccessRights",
      flag("IsAutomaticLoginAllowed", settings.isAutomaticLoginAllowed) +
        (settings.isAutomaticLoginAllowed ? leaf("AutomaticLoginUserName", "Admin") : "") +
        flag("IsPersonalDataAccessAllowed", settings.isPersonalDataAllowed),
    )
  );
}
