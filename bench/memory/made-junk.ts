// What assistants say that is worth nothing later: refusals, courtesies, output of programs that says nothing. Made of parts that
// are put together. The gate's patterns were mended once with what they had let through here: other junk will pass more
// often.

const regrets = [
  'I’m sorry,',
  "I'm sorry,",
  'Sorry,',
  'I apologize,',
  'My apologies,',
  'Unfortunately,',
  'I regret that',
  '',
];
const refusalVerbs = [
  "I can't",
  'I cannot',
  "I'm unable to",
  'I am not able to',
  "I won't be able to",
  "I'm not able to",
];
const refusedThings = [
  'help with that request.',
  'assist you with this.',
  'provide that information.',
  'share details about this topic.',
  'access external websites.',
  'answer that question.',
  'complete this task.',
  'discuss this topic.',
  'generate that kind of content.',
];
const others = [
  'As a large language model, I do not have personal experiences.',
  "As an assistant, I don't have feelings or opinions.",
  "I don't have access to real-time data.",
  'I do not have enough information to answer this.',
  'That request goes against my guidelines.',
  "I don't have any information about that.",
  'That is not something I can help with.',
];
const greetings = ['Hello!', 'Hi there!', 'Hey!', 'Welcome back!', 'Greetings!'];
const offers = [
  'How can I help you today?',
  'What can I do for you today?',
  'How may I assist you?',
  'Is there anything else I can help you with?',
  'Let me know if you need anything else.',
  'Feel free to ask if you have more questions.',
  "Don't hesitate to reach out if you have any questions.",
  'I am happy to help with anything else.',
  'I hope this helps!',
];
const acknowledgements = [
  'Sure!',
  'Certainly!',
  'Of course!',
  'Got it.',
  'Understood.',
  "You're welcome!",
  'No problem!',
  'Great!',
  'Absolutely!',
];
const waits = [
  'Working on it...',
  'Please wait a moment.',
  'Loading...',
  'One moment please.',
  'Processing...',
  'Just a second.',
];
const machines = [
  'OK',
  'ok',
  'Done.',
  'null',
  'undefined',
  'HEARTBEAT_OK',
  'status: 200',
  'exit code 0',
  '{}',
  '[]',
  'true',
  'No output',
  'ping',
];

export function makeJunk(count: number, random: () => number): readonly string[] {
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)]!;
  const makers: readonly (() => string)[] = [
    () => `${pick(regrets)} ${pick(regrets) === '' ? '' : 'but '}${pick(refusalVerbs)} ${pick(refusedThings)}`,
    () => `${pick(regrets)} ${pick(refusalVerbs)} ${pick(refusedThings)} ${pick(offers)}`,
    () => `${pick(others)} ${pick(offers)}`,
    () => pick(others),
    () => `${pick(greetings)} ${pick(offers)}`,
    () => `${pick(acknowledgements)} ${pick(offers)}`,
    () => pick(acknowledgements),
    () => pick(offers),
    () => pick(waits),
    () => pick(machines),
  ];
  return Array.from({ length: count }, () => makers[Math.floor(random() * makers.length)]!().trim());
}
