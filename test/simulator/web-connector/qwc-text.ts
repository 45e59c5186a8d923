/** What a .qwc file says; undefined leaves an element out. */
export interface QwcValues {
  [element: string]: string | undefined;
}

/** A .qwc file as a server hands it out, with some elements changed. */
export function aQwc(appUrl: string, values: QwcValues = {}): string {
  const elements: QwcValues = {
    AppName: "Evenbooks test",
    AppID: "",
    AppURL: appUrl,
    AppDescription: "Keeps books even",
    AppSupport: `${appUrl}?support`,
    UserName: "pc-1",
    OwnerID: "{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}",
    FileID: "{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}",
    QBType: "QBFS",
    Style: "Document",
    AuthFlags: "0xF",
    IsReadOnly: "false",
    ...values,
  };
  const lines = Object.entries(elements)
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => `<${name}>${text}</${name}>`);
  return `<?xml version="1.0"?>\n<QBWCXML>\n${lines.join("\n")}\n</QBWCXML>\n`;
}
