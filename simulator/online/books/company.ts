import type { Books, Plan } from "./books.ts";
import { DAY_SECONDS, stamp } from "./time.ts";

const YEARS_OLD_SECONDS = 6 * 365 * DAY_SECONDS;
const PREFERENCES_TOKEN = 4;

const escaped = (text: string): string => JSON.stringify(text);

const meta = (plan: Plan, updated = plan.anchor - DAY_SECONDS): string =>
  `"MetaData":{"CreateTime":"${stamp(plan.anchor - YEARS_OLD_SECONDS)}",` +
  `"LastUpdatedTime":"${stamp(updated)}"}`;

const email = (realmId: string): string => `"Email":{"Address":"owner+${realmId}@example.com"}`;

/** CompanyInfo: whose books these are (facts 8). */
export function companyInfo(plan: Plan): string {
  const { companyName, country, realmId } = plan;
  const address =
    `{"Id":"1","Line1":"2500 Garcia Ave","City":"Mountain View",` +
    `"CountrySubDivisionCode":"CA","PostalCode":"94043","Country":"${country}"}`;
  return (
    `{"CompanyName":${escaped(companyName)},"LegalName":${escaped(companyName)},` +
    `"CompanyAddr":${address},"CustomerCommunicationAddr":${address},"LegalAddr":${address},` +
    `"CustomerCommunicationEmailAddr":{"Address":"owner+${realmId}@example.com"},` +
    `"PrimaryPhone":{"FreeFormNumber":"(650) 555-0100"},"CompanyStartDate":"2015-06-05",` +
    `"FiscalYearStartMonth":"January","Country":"${country}",${email(realmId)},"WebAddr":{},` +
    `"SupportedLanguages":"en","DefaultTimeZone":"America/Los_Angeles","NameValue":[` +
    `{"Name":"NeoEnabled","Value":"true"},{"Name":"SubscriptionStatus","Value":"PAID"},` +
    `{"Name":"OfferingSku","Value":"QuickBooks Online Plus"}],"domain":"QBO","sparse":false,` +
    `"Id":"1","SyncToken":"11",${meta(plan)}}`
  );
}

/** Preferences: credits apply themselves, books are open until a closing date is set (facts 8). */
export function preferences({ plan, closing }: Books): string {
  const { date, count, at } = closing;
  const closed = date === null ? "" : `"BookCloseDate":"${date}",`;
  const { currency, currencies } = plan;
  return (
    `{"AccountingInfoPrefs":{"UseAccountNumbers":true,"TrackDepartments":true,` +
    `"ClassTrackingPerTxn":false,"ClassTrackingPerTxnLine":true,${closed}"CustomerTerminology":"Customers"},` +
    `"ProductAndServicesPrefs":{"ForSales":true,"ForPurchase":true,"QuantityWithPriceAndRate":true,` +
    `"QuantityOnHand":true},"SalesFormsPrefs":{"CustomTxnNumbers":false,"AllowDeposit":true,` +
    `"AllowDiscount":true,"AllowEstimates":true,"AutoApplyCredit":true,"AutoApplyPayments":true},` +
    `"VendorAndPurchasesPrefs":{"TrackingByCustomer":true,"BillableExpenseTracking":true},` +
    `"TimeTrackingPrefs":{"UseServices":true,"BillCustomers":true},` +
    `"TaxPrefs":{"UsingSalesTax":true,"TaxGroupCodeRef":{"value":"2"}},` +
    `"CurrencyPrefs":{"MultiCurrencyEnabled":${currencies.length > 0},` +
    `"HomeCurrency":{"value":"${currency}"}},` +
    `"ReportPrefs":{"ReportBasis":"Accrual"},"domain":"QBO","sparse":false,"Id":"1",` +
    `"SyncToken":"${PREFERENCES_TOKEN + count}",${meta(plan, at)}}`
  );
}
