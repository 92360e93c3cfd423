// How many tokens a text takes, about. It decides when a conversation is summarised, never what is paid.

const asciiPerToken = 3.6;
const firstNonAscii = 0x80;

export function textTokens(text: string): number {
  let others = 0;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) >= firstNonAscii) others++;
  return Math.ceil((text.length - others) / asciiPerToken + others);
}
