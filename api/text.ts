// Control characters, halves of characters, and the separators that break a line although they are neither.
const NOT_IN_A_LINE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** Is this one line of text, neither empty nor longer than that many characters? */
export const isLine = (text: string, lengthMax: number): boolean =>
  text.length > 0 && text.length <= lengthMax && !NOT_IN_A_LINE.test(text);
