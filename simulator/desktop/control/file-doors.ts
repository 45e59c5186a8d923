import { Refused, ordered } from "../../control-order.ts";
import type { Desktop } from "../desktop.ts";
import { createCompanyFile, type CompanyFile } from "../quickbooks.ts";
import { applications } from "./applications.ts";
import { changed } from "./changes.ts";
import type { Door } from "./door.ts";
import {
  BackupOrder,
  BooksOrder,
  ChangesOrder,
  CopyOrder,
  FileOrder,
  FileSettingsOrder,
  MoveOrder,
  RestoreOrder,
} from "./file-orders.ts";
import { recordsOf } from "./records.ts";

const FOLDER = "C:\\Users\\Public\\Documents\\Intuit\\QuickBooks\\Company Files";

/** A company file by its handle. Throws Refused when there is none. */
export function fileNamed({ files }: Desktop, name: string | null): CompanyFile {
  const file = files.get(name ?? "");
  if (file === undefined) throw new Refused(404, `there is no file ${name ?? "(none given)"}`);
  return file;
}

function addFile({ files }: Desktop, name: string, file: CompanyFile): object {
  if (files.has(name)) throw new Refused(409, `file ${name} is there already`);
  files.set(name, file);
  return { file: name, path: file.path, counts: file.counts() };
}

const createFile: Door = (desktop, _url, body) => {
  const { name, path, ...options } = ordered(FileOrder, body);
  const handle = name ?? options.companyName;
  const file = createCompanyFile({ path: path ?? `${FOLDER}\\${handle}.qbw`, ...options });
  return addFile(desktop, handle, file);
};

const changeSettings: Door = (desktop, _url, body) => {
  const order = ordered(FileSettingsOrder, body);
  const file = fileNamed(desktop, order.file);
  file.change(order.settings);
  return file.settings;
};

const move: Door = (desktop, _url, body) => {
  const order = ordered(MoveOrder, body);
  fileNamed(desktop, order.file).path = order.path;
  return { path: order.path };
};

const copy: Door = (desktop, _url, body) => {
  const order = ordered(CopyOrder, body);
  return addFile(desktop, order.name, fileNamed(desktop, order.file).copy(order.path));
};

const backUp: Door = (desktop, _url, body) => {
  const { file } = ordered(BackupOrder, body);
  return { backup: desktop.backups.push(fileNamed(desktop, file).backup()) };
};

const restore: Door = (desktop, _url, body) => {
  const order = ordered(RestoreOrder, body);
  const backup = desktop.backups[order.backup - 1];
  if (backup === undefined) throw new Refused(404, `there is no backup ${order.backup}`);
  fileNamed(desktop, order.file).restore(backup, order.isByHand);
  return { restored: order.backup };
};

const change: Door = (desktop, _url, body) => {
  const order = ordered(ChangesOrder, body);
  return changed(fileNamed(desktop, order.file), order.changes);
};

const applied: Door = (desktop, url) =>
  applications(fileNamed(desktop, url.searchParams.get("file")).books);

const setBooks: Door = (desktop, _url, body) => {
  const { file, closedUntil } = ordered(BooksOrder, body);
  fileNamed(desktop, file).books.closedUntil = closedUntil;
  return { closedUntil };
};

const counts: Door = (desktop, url) => fileNamed(desktop, url.searchParams.get("file")).counts();

const records: Door = (desktop, url) => {
  const file = fileNamed(desktop, url.searchParams.get("file"));
  return recordsOf(file, url.searchParams.get("kind"));
};

export const FILE_DOORS: readonly [string, Door][] = [
  ["POST files", createFile],
  ["POST file-settings", changeSettings],
  ["POST moves", move],
  ["POST copies", copy],
  ["POST backups", backUp],
  ["POST restores", restore],
  ["POST changes", change],
  ["POST books", setBooks],
  ["GET applications", applied],
  ["GET counts", counts],
  ["GET records", records],
];
