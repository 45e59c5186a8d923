import { createHmac } from "node:crypto";

/** The signature of a body, as Intuit makes it. */
export const signatureOf = (body: string | Uint8Array, token: string): string =>
  createHmac("sha256", token).update(body).digest("base64");

/** One event of the present shape. */
export const cloudEvent = (realmId: string, type = "qbo.invoice.updated.v1") => ({
  specversion: "1.0",
  id: "88cd52aa-33b6-4351-9aa4-47572edbd068",
  source: "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
  type,
  datacontenttype: "application/json",
  time: "2026-09-10T21:31:25.179851517Z",
  intuitentityid: "1234",
  intuitaccountid: realmId,
  data: {},
});

/** A notice of the older shape. */
export const older = (realmId: string, operation = "Update") => ({
  eventNotifications: [
    {
      realmId,
      dataChangeEvent: {
        entities: [
          { name: "Invoice", id: "1", operation, lastUpdated: "2026-09-10T21:31:25.000Z" },
        ],
      },
    },
  ],
});
