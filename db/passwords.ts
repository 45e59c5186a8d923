import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/**
 * Our passwords are 24 random characters (142 bits), so a hash need not be slow to be safe: these
 * parameters cost about ten milliseconds and four megabytes, and a PC logs in every minute.
 */
const COST = { N: 4_096, r: 8, p: 1 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;
const PASSWORD_LENGTH = 24;
/** A longer one is wrong without being looked at. */
const PASSWORD_LENGTH_MAX = 200;

/** Letters and digits that nobody mistakes for one another when typing them into the Web Connector. */
const LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

export interface PasswordHash {
  salt: Buffer;
  hash: Buffer;
}

/** A random password of 24 characters, to be typed by a person once. */
export const makePassword = (): string => randomText(LETTERS, PASSWORD_LENGTH);

/** Random characters out of an alphabet of at most 256, each as likely as the others. */
export function randomText(alphabet: string, length: number): string {
  const fair = 256 - (256 % alphabet.length);
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < fair && text.length < length) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}

/** What is kept of a password. */
export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES);
  return { salt, hash: await hashWith(password, salt) };
}

/** Is this the password? With null (nobody has that name) it takes as long and is false. */
export async function isPassword(password: string, kept: PasswordHash | null): Promise<boolean> {
  const { salt, hash } = kept ?? NOBODY;
  const given = await hashWith(password.slice(0, PASSWORD_LENGTH_MAX), salt);
  const isSame = timingSafeEqual(given, hash);
  return isSame && kept !== null && password.length <= PASSWORD_LENGTH_MAX;
}

const NOBODY: PasswordHash = { salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) };

const hashWith = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, COST, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
