/** The namespace of the Web Connector's contract; its last slash counts. */
export const QBWC_NAMESPACE = "http://developer.intuit.com/";

type Type = "string" | "int" | "strings";

interface MethodShape {
  /** In the order of Intuit's description; what binds is the name. */
  parameters: Readonly<Record<string, "string" | "int">>;
  result: Type;
  /** What people read about it. */
  about: string;
}

/** Everything that a Web Connector may call: requests are read by this table, and the WSDL is written from it. */
export const METHODS = {
  serverVersion: {
    parameters: {},
    result: "string",
    about: "The version of this server, which the Web Connector shows.",
  },
  clientVersion: {
    parameters: { strVersion: "string" },
    result: "string",
    about: "Empty: this version of the Web Connector may go on. E: and a text: it may not.",
  },
  authenticate: {
    parameters: { strUserName: "string", strPassword: "string" },
    result: "strings",
    about: "A ticket, and which company file to open.",
  },
  sendRequestXML: {
    parameters: {
      ticket: "string",
      strHCPResponse: "string",
      strCompanyFileName: "string",
      qbXMLCountry: "string",
      qbXMLMajorVers: "int",
      qbXMLMinorVers: "int",
    },
    result: "string",
    about: "The next request for QuickBooks.",
  },
  receiveResponseXML: {
    parameters: { ticket: "string", response: "string", hresult: "string", message: "string" },
    result: "int",
    about: "Takes the answer of QuickBooks; how far the work is, in percent.",
  },
  connectionError: {
    parameters: { ticket: "string", hresult: "string", message: "string" },
    result: "string",
    about: "QuickBooks could not be opened: done, or the file to try next.",
  },
  getLastError: {
    parameters: { ticket: "string" },
    result: "string",
    about: "Why there is no request, for people.",
  },
  closeConnection: {
    parameters: { ticket: "string" },
    result: "string",
    about: "The end of a session; a text for its status.",
  },
  getInteractiveURL: {
    parameters: { wcTicket: "string", sessionID: "string" },
    result: "string",
    about: "A page for people in the middle of a session; there is none.",
  },
  interactiveRejected: {
    parameters: { wcTicket: "string", reason: "string" },
    result: "string",
    about: "Nobody came to that page.",
  },
  interactiveDone: {
    parameters: { wcTicket: "string" },
    result: "string",
    about: "Has the person finished there?",
  },
} as const satisfies Record<string, MethodShape>;

export type Method = keyof typeof METHODS;

export const isMethod = (name: string): name is Method => Object.hasOwn(METHODS, name);

/** The parameters of a method by name; one that was not sent is empty. */
export type ParametersOf<M extends Method> = Record<
  keyof (typeof METHODS)[M]["parameters"],
  string
>;

interface Results {
  string: string;
  int: number;
  strings: readonly string[];
}

export type ResultOf<M extends Method> = Results[(typeof METHODS)[M]["result"]];

export type SoapVersion = "1.1" | "1.2";

export const ENVELOPES: Record<SoapVersion, string> = {
  "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
  "1.2": "http://www.w3.org/2003/05/soap-envelope",
};
