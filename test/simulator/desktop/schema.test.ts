import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { xmlRegisterFsInputProviders } from "libxml2-wasm/lib/nodejs.mjs";
import { describe, expect, it } from "vitest";
import { changed } from "../../../simulator/desktop/control/changes.ts";
import { LIST_KINDS, TXN_KINDS } from "../../../simulator/desktop/file/kinds.ts";
import { anOffice, answerTo, ask, requestOf, statusesOf } from "./office.ts";

const contract = process.env["CONTRACT_DIR"];
const folder = join(contract ?? "", "contract", "qbxml");

/** Says what is wrong with a document by the schema of qbXML 13.0; '' for nothing. */
function schemaCheck(): (text: string) => string {
  xmlRegisterFsInputProviders();
  const url = join(folder, "qbxmlops130.xsd");
  using schema = XmlDocument.fromBuffer(readFileSync(url), { url });
  const validator = XsdValidator.fromDoc(schema);
  return (text) => {
    try {
      using document = XmlDocument.fromString(text);
      validator.validate(document);
      return "";
    } catch (error) {
      return String(error);
    }
  };
}

const ALL = "<ActiveStatus>All</ActiveStatus>";
const LINES = "<IncludeLineItems>true</IncludeLineItems>";
const LINKS = "<IncludeLinkedTxns>true</IncludeLinkedTxns>";
const WITH_LINKS = [
  "Invoice",
  "CreditMemo",
  "Estimate",
  "SalesOrder",
  "PurchaseOrder",
  "Bill",
  "VendorCredit",
  "Check",
];

const extrasOf = (kind: string): string => {
  if (kind === "Transfer" || kind === "TimeTracking") return "";
  return WITH_LINKS.includes(kind) ? LINES + LINKS : LINES;
};

const REQUESTS = [
  ...LIST_KINDS.map((kind) => `<${kind}QueryRq requestID="${kind}">${ALL}</${kind}QueryRq>`),
  ...TXN_KINDS.map((kind) => `<${kind}QueryRq>${extrasOf(kind)}</${kind}QueryRq>`),
  `<ItemQueryRq iterator="Start"><MaxReturned>3</MaxReturned>${ALL}<OwnerID>0</OwnerID></ItemQueryRq>`,
  `<CustomerQueryRq metaData="MetaDataAndResponseData"><OwnerID>0</OwnerID></CustomerQueryRq>`,
  `<InvoiceQueryRq metaData="MetaDataOnly" />`,
  "<TermsQueryRq />",
  "<EntityQueryRq />",
  "<SalesRepQueryRq />",
  "<TransactionQueryRq />",
  "<ReceivePaymentToDepositQueryRq />",
  "<HostQueryRq><IncludeListMetaData><IncludeMaxCapacity>true</IncludeMaxCapacity></IncludeListMetaData></HostQueryRq>",
  "<CompanyQueryRq><OwnerID>{90A44FB7-33D9-4815-AC85-BC87A7E7D1EB}</OwnerID></CompanyQueryRq>",
  "<CompanyActivityQueryRq />",
  "<PreferencesQueryRq />",
  "<ListDeletedQueryRq><ListDelType>Customer</ListDelType></ListDeletedQueryRq>",
  "<TxnDeletedQueryRq><TxnDelType>Invoice</TxnDelType></TxnDeletedQueryRq>",
  "<AgingReportQueryRq><AgingReportType>ARAgingSummary</AgingReportType></AgingReportQueryRq>",
  "<AgingReportQueryRq><AgingReportType>APAgingSummary</AgingReportType><DisplayReport>false</DisplayReport><ReportPeriod><ToReportDate>2026-10-01</ToReportDate></ReportPeriod><ReportAgingAsOf>Today</ReportAgingAsOf></AgingReportQueryRq>",
  "<AgingReportQueryRq><AgingReportType>ARAgingSummary</AgingReportType><ReportDateMacro>Today</ReportDateMacro></AgingReportQueryRq>",
  "<GeneralSummaryReportQueryRq><GeneralSummaryReportType>BalanceSheetStandard</GeneralSummaryReportType><ReportPeriod><ToReportDate>2026-10-01</ToReportDate></ReportPeriod><SummarizeColumnsBy>TotalOnly</SummarizeColumnsBy><ReportBasis>Accrual</ReportBasis></GeneralSummaryReportQueryRq>",
  "<VendorQueryRq><IncludeRetElement>Name</IncludeRetElement></VendorQueryRq>",
];

/** None of these is a request of qbXML 13.0. */
const WRONG = [
  "<InvoiceQueryRq><Nonsense /></InvoiceQueryRq>",
  "<InvoiceQueryRq><IncludeLineItems>true</IncludeLineItems><MaxReturned>1</MaxReturned></InvoiceQueryRq>",
  "<InvoiceQueryRq><MaxReturned>0</MaxReturned></InvoiceQueryRq>",
  "<InvoiceQueryRq><MaxReturned>many</MaxReturned></InvoiceQueryRq>",
  "<InvoiceQueryRq><TxnID>1-1</TxnID><RefNumber>7</RefNumber></InvoiceQueryRq>",
  "<InvoiceQueryRq><PaidStatus>Unpaid</PaidStatus></InvoiceQueryRq>",
  "<InvoiceQueryRq><IncludeLineItems>yes</IncludeLineItems></InvoiceQueryRq>",
  "<InvoiceQueryRq><ModifiedDateRangeFilter><FromModifiedDate>2026-01-01T00:00:00Z</FromModifiedDate></ModifiedDateRangeFilter></InvoiceQueryRq>",
  "<InvoiceQueryRq><ModifiedDateRangeFilter /><TxnDateRangeFilter /></InvoiceQueryRq>",
  "<InvoiceQueryRq><TxnDateRangeFilter><FromTxnDate>2026-13-01</FromTxnDate></TxnDateRangeFilter></InvoiceQueryRq>",
  "<InvoiceQueryRq><EntityFilter><ListID>1-1</ListID><FullName>x</FullName></EntityFilter></InvoiceQueryRq>",
  '<InvoiceQueryRq iterator="First" />',
  '<AccountQueryRq iterator="Start" />',
  '<InvoiceQueryRq id="1" />',
  "<ClassQueryRq><OwnerID>0</OwnerID></ClassQueryRq>",
  "<CustomerQueryRq><OwnerID>1</OwnerID></CustomerQueryRq>",
  "<ReceivePaymentQueryRq><IncludeLinkedTxns>true</IncludeLinkedTxns></ReceivePaymentQueryRq>",
  "<TxnDeletedQueryRq><TxnDelType>Transfer</TxnDelType></TxnDeletedQueryRq>",
  "<ListDeletedQueryRq><ListDelType>Template</ListDelType></ListDeletedQueryRq>",
  "<ListDeletedQueryRq />",
  "<AgingReportQueryRq><DisplayReport>true</DisplayReport></AgingReportQueryRq>",
  "<AgingReportQueryRq><AgingReportType>ARAging</AgingReportType></AgingReportQueryRq>",
  '<AgingReportQueryRq metaData="NoMetaData"><AgingReportType>ARAgingSummary</AgingReportType></AgingReportQueryRq>',
  "<GeneralSummaryReportQueryRq><GeneralSummaryReportType>BalanceSheet</GeneralSummaryReportType></GeneralSummaryReportQueryRq>",
  "<GeneralSummaryReportQueryRq><GeneralSummaryReportType>BalanceSheetStandard</GeneralSummaryReportType><ReportBasis>Accrual</ReportBasis><SummarizeColumnsBy>TotalOnly</SummarizeColumnsBy></GeneralSummaryReportQueryRq>",
  "<InvoiceRq />",
  "words between requests",
];

const files = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".xml"))
    .map((name) => join(path, name));

describe.skipIf(contract === undefined)(
  "Intuit's schema (skipped where CONTRACT_DIR is not set)",
  () => {
    it("lets through every answer, and every request that we let through", async () => {
      const check = schemaCheck();
      const { session, file } = await anOffice({ records: 1000 });
      session.stamp(
        "{90A44FB7-33D9-4815-AC85-BC87A7E7D1EB}",
        "{57F3B9B6-86F1-4FCC-B1FF-966DE1813D20}",
      );
      session.lock("{90A44FB7-33D9-4815-AC85-BC87A7E7D1EB}");
      file.create("Customer", { name: "Gone" });
      file.remove("Customer", file.list("Customer").at(-1)?.id ?? "");
      file.remove("Invoice", file.transactions("Invoice")[0]?.id ?? "");
      changed(file, [{ do: "random", seed: 1, edits: 200 }]);
      file.books.closedUntil = "2025-12-31";
      for (const request of REQUESTS) {
        const document = requestOf(request);
        expect(check(document), request).toBe("");
        const answer = await answerTo(session, document);
        expect(check(answer), request).toBe("");
        expect(statusesOf(answer)[0], request).toBeLessThanOrEqual(1);
      }
    });

    it("refuses what we refuse", async () => {
      const check = schemaCheck();
      const { session } = await anOffice();
      for (const request of WRONG) {
        expect(check(requestOf(request)), request).not.toBe("");
        expect(await ask(session, request), request).toBe("0x80040400");
      }
    });

    it("has 48 sample requests, which are all answered", async () => {
      const { session } = await anOffice();
      const samples = files(join(folder, "samples"));
      expect(samples).toHaveLength(48);
      for (const sample of samples) {
        expect(await answerTo(session, readFileSync(sample, "utf8")), sample).toMatch(/^<\?xml/);
      }
    });
  },
);

describe("a request", () => {
  it("must be well-formed, ASCII and of a version that QuickBooks knows", async () => {
    const { session, file } = await anOffice();
    const good = requestOf("<HostQueryRq />");
    expect(await answerTo(session, good)).toContain(
      "<ProductName>QuickBooks Premier 2024</ProductName>",
    );
    expect(await answerTo(session, good.replace("</QBXML>", ""))).toBe("0x80040400");
    expect(await answerTo(session, good.replace('<?qbxml version="13.0"?>', ""))).toBe(
      "0x80040400",
    );
    expect(await answerTo(session, good.replace(' onError="continueOnError"', ""))).toBe(
      "0x80040400",
    );
    expect(await ask(session, "<CustomerQueryRq><FullName>Café</FullName></CustomerQueryRq>")).toBe(
      "0x80040400",
    );
    expect(
      await ask(session, "<CustomerQueryRq><FullName>Caf&#233;</FullName></CustomerQueryRq>"),
    ).toContain('statusCode="500"');
    expect(await answerTo(session, requestOf("<HostQueryRq />", "17.0"))).toBe("0x80040423");
    file.change({ majorVersion: 24 });
    expect(await answerTo(session, requestOf("<HostQueryRq />", "14.0"))).toBe("0x80040423");
  });

  it("of an old version cannot use what came later", async () => {
    const { session } = await anOffice();
    const iterator =
      '<CustomerQueryRq iterator="Start"><MaxReturned>1</MaxReturned></CustomerQueryRq>';
    expect(await answerTo(session, requestOf(iterator, "4.0"))).toBe("0x80040400");
    expect(await answerTo(session, requestOf(iterator, "5.0"))).toMatch(/^<\?xml/);
    expect(await answerTo(session, requestOf("<TransferQueryRq />", "11.0"))).toBe("0x80040400");
  });

  it("that is one of the schema but not simulated gets a status of its own", async () => {
    const { session } = await anOffice();
    const answer = await ask(session, "<CustomerAddRq /><HostQueryRq />");
    expect(statusesOf(answer)).toEqual([1030, 0]);
  });
});
