import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aPc, hostQuery, type Pc } from "./a-pc.ts";
import { SoapServer, envelope, replyTo, type Answer, type Script } from "./soap-server.ts";

const server = new SoapServer();
let pc: Pc;

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(async () => {
  server.follow();
  pc = await aPc(server);
  server.follow();
});

const GREETING = ["serverVersion", "clientVersion", "authenticate"];
const once = (request: string): Script => ({
  sendRequestXML: ({ nth }) => (nth === 1 ? request : ""),
});

test("a run makes Intuit's calls in Intuit's order", async () => {
  server.follow({
    sendRequestXML: () => hostQuery,
    receiveResponseXML: ({ nth }) => (nth === 1 ? 0 : nth === 2 ? 99 : 100),
  });
  const report = await pc.run();
  const exchange = ["sendRequestXML", "receiveResponseXML"];
  const whole = [...GREETING, ...exchange, ...exchange, ...exchange, "closeConnection"];
  expect(server.methods).toEqual(whole);
  expect(report).toMatchObject({
    how: "finished",
    code: null,
    status: "OK",
    exchanges: 3,
    percent: 100,
    ticket: "the-ticket",
    file: pc.path,
    isAutoRun: false,
  });
  expect(report.calls.map(({ method }) => method)).toEqual(whole);
  expect(report.quickBooksMs).toBeGreaterThan(0);
});

test("the first sendRequestXML says what QuickBooks is, the later ones do not", async () => {
  server.follow({
    sendRequestXML: () => hostQuery,
    receiveResponseXML: ({ nth }) => (nth === 1 ? 50 : 100),
  });
  await pc.run();
  const [first, second] = server.calls("sendRequestXML");
  const said = first?.values["strHCPResponse"] ?? "";
  expect(said).toContain('<HostQueryRs requestID="0" statusCode="0"');
  expect(said).toContain('<CompanyQueryRs requestID="1" statusCode="0"');
  expect(said).toContain('<PreferencesQueryRs requestID="2" statusCode="0"');
  expect(said).toContain("{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}");
  expect(said).toMatch(/LOCKED:PC-1:\d{18}/);
  expect(second?.values["strHCPResponse"]).toBe("");
  expect(first?.values).toMatchObject({
    ticket: "the-ticket",
    strCompanyFileName: pc.path,
    qbXMLCountry: "US",
  });
  expect(Number(first?.values["qbXMLMajorVers"])).toBeGreaterThanOrEqual(13);
});

test("AppLock is set during a session and free after it", async () => {
  server.follow(once(hostQuery));
  await pc.run();
  expect(pc.dataExtension("AppLock")).toMatch(/^UNLOCKED:/);
  expect(pc.dataExtension("FileID")).toBe("{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}");
});

test("an answer goes to the server as QuickBooks gave it", async () => {
  server.follow(once(hostQuery));
  await pc.run();
  const [received] = server.calls("receiveResponseXML");
  expect(received?.values["response"]).toContain("<HostQueryRs");
  expect(received?.values["response"]).toMatch(/^<\?xml version="1.0" \?>\n?<QBXML>/);
  expect(received?.body).toMatch(/<hresult \/><message \/><\/receiveResponseXML>/);
});

test("what QuickBooks refuses whole goes to the server as HRESULT and message", async () => {
  server.follow({ ...once("<nonsense"), receiveResponseXML: () => -1 });
  const report = await pc.run();
  expect(server.calls("receiveResponseXML")[0]?.values).toMatchObject({
    response: "",
    hresult: "0x80040400",
  });
  expect(report).toMatchObject({ how: "server-error", text: "no more work" });
});

test("nothing to send: the text of getLastError, then closeConnection", async () => {
  const report = await pc.run();
  const calls = [...GREETING, "sendRequestXML", "getLastError", "closeConnection"];
  expect(server.methods).toEqual(calls);
  expect(report).toMatchObject({ how: "server-error", code: null, text: "no more work" });
});

test("an empty text of getLastError is an error", async () => {
  server.follow({ getLastError: () => "" });
  expect(await pc.run()).toMatchObject({ how: "server-error", code: "QBWC1031" });
});

test("a negative answer to receiveResponseXML asks for the error", async () => {
  server.follow({ ...once(hostQuery), receiveResponseXML: () => -7 });
  const report = await pc.run();
  const rest = ["sendRequestXML", "receiveResponseXML", "getLastError", "closeConnection"];
  expect(server.methods).toEqual([...GREETING, ...rest]);
  expect(report).toMatchObject({ how: "server-error", text: "no more work" });
});

test("NoOp twice: it waits and asks again in the same session", async () => {
  pc.connector.settings = { ...pc.connector.settings, noOpWaitMs: 120 };
  server.follow({
    sendRequestXML: ({ nth }) => (nth < 3 ? "NoOp" : hostQuery),
    getLastError: () => "NoOp",
  });
  const report = await pc.run();
  const pause = ["sendRequestXML", "getLastError"];
  const end = ["sendRequestXML", "receiveResponseXML", "closeConnection"];
  expect(server.methods).toEqual([...GREETING, ...pause, ...pause, ...end]);
  expect(report.how).toBe("finished");
  expect(report.ms).toBeGreaterThanOrEqual(240);
  expect(server.calls("sendRequestXML")[1]?.values["strHCPResponse"]).toBe("");
});

test("NoOp, then a text: the run ends", async () => {
  server.follow({ sendRequestXML: () => "NoOp", getLastError: () => "The session has ended" });
  expect(await pc.run()).toMatchObject({ how: "server-error", text: "The session has ended" });
  expect(server.methods.at(-1)).toBe("closeConnection");
});

describe("what authenticate says", () => {
  test.each(["none", "NONE"])("%s: no data exchange", async (word) => {
    server.follow({ authenticate: () => ["t", word] });
    const report = await pc.run();
    expect(server.methods).toEqual([...GREETING, "closeConnection"]);
    expect(report).toMatchObject({ how: "no-work", status: "No data exchange", file: null });
  });

  test("nvu: the password is wrong", async () => {
    server.follow({ authenticate: () => ["", "nvu"] });
    const report = await pc.run();
    expect(server.methods).toEqual(GREETING);
    expect(report).toMatchObject({ how: "invalid-password", code: "QBWC1040" });
  });

  test("busy: not now", async () => {
    server.follow({ authenticate: () => ["t", "busy"] });
    expect(await pc.run()).toMatchObject({ how: "busy", status: "Application busy" });
    expect(server.methods).toEqual(GREETING);
  });

  test("seconds count only while Auto-Run is on", async () => {
    server.follow({ authenticate: () => ["t", "", "60", "300"] });
    expect(await pc.run()).toMatchObject({ how: "server-error", postponeSeconds: null });
  });

  test("a path: that file", async () => {
    server.follow({ ...once(hostQuery), authenticate: () => ["t", pc.path] });
    expect(await pc.run()).toMatchObject({ how: "finished", file: pc.path });
  });

  test.each<[string, Answer]>([
    [
      "no array",
      { body: envelope("<authenticateResponse xmlns='http://developer.intuit.com/'/>") },
    ],
    ["one string", ["t"]],
    ["a nil", ["t", null]],
    ["seconds that are none", ["t", "", "soon"]],
  ])("%s: QBWC1012", async (_what, answer) => {
    server.follow({ authenticate: () => answer });
    expect(await pc.run()).toMatchObject({ how: "failed", code: "QBWC1012" });
    expect(server.methods).toEqual(GREETING);
  });
});

describe("QuickBooks does not open", () => {
  const elsewhere = "C:\\Elsewhere\\gone.qbw";

  test("done: the run ends", async () => {
    server.follow({ authenticate: () => ["t", elsewhere] });
    const report = await pc.run();
    expect(server.methods).toEqual([...GREETING, "connectionError"]);
    expect(server.calls("connectionError")[0]?.values["hresult"]).toMatch(/^0x8004[0-9A-F]{4}$/);
    expect(report).toMatchObject({ how: "quickbooks-refused", code: "QBWC1013", exchanges: 0 });
  });

  test("it is tried twice before the server hears of it", async () => {
    pc.connector.settings = { ...pc.connector.settings, secondTryMs: 150 };
    server.follow({ authenticate: () => ["t", elsewhere] });
    expect((await pc.run()).ms).toBeGreaterThanOrEqual(150);
    expect(server.calls("connectionError")).toHaveLength(1);
  });

  test.each([
    ["the open file", ""],
    ["another path", "PATH"],
  ])("%s is tried when the server says so", async (_what, said) => {
    server.follow({
      ...once(hostQuery),
      authenticate: () => ["t", elsewhere],
      connectionError: ({ nth }) => (nth === 1 ? elsewhere : said.replace("PATH", pc.path)),
    });
    expect(await pc.run()).toMatchObject({ how: "finished", file: pc.path });
    expect(server.calls("connectionError")).toHaveLength(2);
  });

  test("closeConnection follows where a PC is told so", async () => {
    pc.connector.settings = { ...pc.connector.settings, closesAfterConnectionError: true };
    server.follow({ authenticate: () => ["t", elsewhere] });
    await pc.run();
    expect(server.methods).toEqual([...GREETING, "connectionError", "closeConnection"]);
  });
});

describe("versions", () => {
  test("a server without either method is served", async () => {
    server.follow({ serverVersion: () => ({ fault: "?" }), clientVersion: () => ({ fault: "?" }) });
    expect((await pc.run()).how).toBe("server-error");
    expect(server.methods).toContain("sendRequestXML");
  });

  test.each<[Answer, string, string | null]>([
    ["E:too old", "version-refused", "QBWC1037"],
    ["W:rather old", "version-refused", "QBWC1037"],
    ["O:3.0", "server-error", null],
    [null, "server-error", null],
    ["upgrade", "failed", "QBWC1046"],
    [{ status: 404, type: "text/html", body: "no" }, "failed", "QBWC1036"],
  ])("clientVersion %j", async (answer, how, code) => {
    server.follow({ clientVersion: () => answer });
    expect(await pc.run()).toMatchObject({ how, code });
  });
});

describe("a call that fails ends the run with its code", () => {
  const codes = {
    authenticate: "QBWC1012",
    sendRequestXML: "QBWC1041",
    receiveResponseXML: "QBWC1042",
    getLastError: "QBWC1043",
    closeConnection: "QBWC1044",
    connectionError: "QBWC1045",
  };
  const results: Record<string, string | number | string[]> = {
    authenticate: ["t", ""],
    receiveResponseXML: 100,
  };
  const good = (method: string): string => replyTo(method, results[method] ?? "text");
  const bad: [what: string, answer: (method: string) => Answer][] = [
    ["SOAP fault", () => ({ fault: "boom" })],
    ["HTTP error", () => ({ status: 503, type: "text/html", body: "<html>" })],
    ["HTTP error with a good reply", (method) => ({ status: 404, body: good(method) })],
    ["not text/xml", (method) => ({ type: "application/xml", body: good(method) })],
    ["byte order mark", (method) => ({ body: `\uFEFF${good(method)}` })],
    ["malformed", (method) => ({ body: good(method).slice(0, -20) })],
    ["a warning before the envelope", (method) => ({ body: `Warning: 1\n${good(method)}` })],
    ["DOCTYPE", (method) => ({ body: good(method).replace("?>", "?><!DOCTYPE a>") })],
    ["another call's reply", () => ({ body: good("serverVersion") })],
    ["another namespace", (method) => ({ body: good(method).replace("developer.", "") })],
    [
      "SOAP 1.2",
      (method) => ({
        body: good(method).replace("schemas.xmlsoap.org/soap", "www.w3.org/2003/05/soap"),
      }),
    ],
  ];
  const cases = Object.entries(codes).flatMap(([method, code]) =>
    bad.map(([what, answer]) => ({ method, code, what, answer: answer(method) })),
  );
  /** What makes a run come to this call. */
  const before = (method: string): Script => {
    if (method === "connectionError") return { authenticate: () => ["t", "C:\\gone.qbw"] };
    return method === "getLastError" ? {} : once(hostQuery);
  };

  test.each(cases)("$method: $what", async ({ method, code, answer }) => {
    server.follow({ ...before(method), [method]: () => answer });
    expect(await pc.run()).toMatchObject({ how: "failed", code });
    expect(server.methods.at(-1)).toBe(method);
    expect(pc.dataExtension("AppLock") ?? "").not.toMatch(/^LOCKED:/);
  });

  test.each(Object.keys(codes))(
    "%s: white space between the elements is no failure",
    async (method) => {
      const body = good(method).replace(/></g, ">\n  <");
      server.follow({ ...before(method), [method]: () => ({ body }) });
      const { calls } = await pc.run();
      expect(calls.filter((call) => call.method === method)).toContainEqual(
        expect.objectContaining({ isFailed: false }),
      );
    },
  );

  test.each<[string, Answer]>([
    ["sendRequestXML", null],
    ["receiveResponseXML", null],
    ["receiveResponseXML", "done"],
  ])("%s says %j", async (method, answer) => {
    server.follow({ ...once(hostQuery), [method]: () => answer });
    expect((await pc.run()).how).toBe("failed");
  });
});

test("nothing is called without a password", async () => {
  pc.application.password = null;
  expect(await pc.run()).toMatchObject({ how: "failed", code: "QBWC1030", calls: [] });
  expect(server.methods).toEqual([]);
});

test("UpdateLock: one run at a time on a PC", async () => {
  server.follow({ ...once(hostQuery), sendRequestXML: () => hostQuery });
  await Promise.all([pc.run(), pc.run(), pc.run()]);
  const starts = server.methods.flatMap((method, at) => (method === "serverVersion" ? [at] : []));
  expect(starts).toEqual([0, 6, 12]);
});
