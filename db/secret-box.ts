import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface Sealed {
  /** Nonce, tag and ciphertext, one after another. */
  bytes: Buffer;
  keyId: string;
}

/** Seals and opens secrets at rest. The first key seals; every key of the list opens, so keys can be rotated. */
export interface SecretBox {
  seal(secret: string, context: string): Sealed;
  open(sealed: Sealed, context: string): string;
}

/** `context` (a company id) is bound into the seal: a row copied to another company does not open. */
export function createSecretBox(keys: readonly Buffer[]): SecretBox {
  const byId = new Map(keys.map((key) => [keyIdOf(key), key]));
  const newest = keys[0];
  if (newest === undefined) throw new Error("no encryption key");
  return {
    seal(secret, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, newest, nonce).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      return { bytes: Buffer.concat([nonce, cipher.getAuthTag(), sealed]), keyId: keyIdOf(newest) };
    },
    open({ bytes, keyId }, context) {
      const key = byId.get(keyId);
      if (key === undefined) {
        throw new Error(
          `A secret was sealed with key ${keyId}, which ENCRYPTION_KEY does not list: add the old key behind the new one.`,
        );
      }
      // Without the length, a tag cut to four bytes would do.
      const options = { authTagLength: TAG_BYTES };
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), options)
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const rest = bytes.subarray(NONCE_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(rest), decipher.final()]).toString("utf8");
    },
  };
}

const keyIdOf = (key: Buffer): string =>
  createHash("sha256").update(key).digest("hex").slice(0, 12);
