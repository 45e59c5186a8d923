import {
  createCompanyFile,
  createQuickBooks,
  type CompanyFile,
} from "../../../simulator/desktop/quickbooks.ts";
import type { RunReport } from "../../../simulator/desktop/web-connector/report.ts";
import {
  WebConnector,
  type Application,
} from "../../../simulator/desktop/web-connector/web-connector.ts";
import { aQwc } from "./qwc-text.ts";
import type { SoapServer } from "./soap-server.ts";

const PATH = "C:\\Books\\Test & Co.qbw";

/** A request that every company file answers. */
export const hostQuery =
  '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">' +
  '<HostQueryRq requestID="h" /></QBXMLMsgsRq></QBXML>';

export interface Pc {
  connector: WebConnector;
  application: Application;
  file: CompanyFile;
  path: string;
  run: () => Promise<RunReport>;
  /** What the company file holds under our OwnerID. */
  dataExtension: (name: string) => string | undefined;
}

/** A PC with a small company file open, whose Web Connector knows the server. */
export async function aPc(
  server: SoapServer,
  {
    password = "secret",
    host = "PC-1",
    userName = "pc-1",
    beside,
  }: { password?: string; host?: string; userName?: string; beside?: Pc } = {},
): Promise<Pc> {
  const options = { path: PATH, companyName: "Test & Co", ein: "1", records: 200, seed: 1 };
  const file = beside?.file ?? createCompanyFile(options);
  const connector = new WebConnector(createQuickBooks({ host, file }));
  const text = aQwc(server.url, { UserName: userName });
  const application = await connector.add(text, password, beside !== undefined);
  connector.settings = { ...connector.settings, secondTryMs: 0 };
  return {
    connector,
    application,
    file,
    path: PATH,
    run: () => connector.run(application.qwc.appName),
    dataExtension: (name) => file.books.dataExts.find((ext) => ext.name === name)?.value,
  };
}
