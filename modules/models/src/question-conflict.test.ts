import { describe, expect, test } from 'vitest';
import { findQuestionConflict } from './question-conflict.ts';

const conflicts: readonly (readonly [string, string, string])[] = [
  ['numbers', 'What is 12 % of 250?', 'What is 15 % of 250?'],
  ['numbers', 'How do I upgrade from version 3 to 4?', 'How do I upgrade from version 4 to 3?'],
  ['numbers', 'name two rivers in Asia', 'name three rivers in Asia'],
  ['negation', 'Which foods should I eat with gout?', 'Which foods should I not eat with gout?'],
  ['negation', 'Why does my car start?', "Why doesn't my car start?"],
  ['names', 'What is the capital of France?', 'What is the capital of Spain?'],
  ['names', 'Convert the sum from USD to EUR', 'Convert the sum from EUR to USD'],
  ['names', 'What does parse_date return?', 'What does parse_time return?'],
  ['opposites', 'How do I enable two-factor login?', 'How can I disable the two-factor login?'],
  ['opposites', 'How do I install this package again?', 'Please say how I uninstall this package again'],
  ['opposites', 'what happens before the vote is counted', 'what happens after the vote is counted'],
  ['kind', 'When was the bridge built by the town?', 'Why was the bridge built by the town?'],
  ['kind', 'how long is the river that runs here', 'how deep is the river that runs here'],
  ['order', 'did the dog bite the man', 'did the man bite the dog'],
  ['one-place', 'what is the capital of france', 'what is the capital of germany'],
  ['one-place', 'how do I reset my password', 'how do I reset my username'],
  ['one-place', 'When did Melanie go to the museum?', 'When did Melanie go to the pottery workshop?'],
  ['one-place', 'what was the gift of my grandma', 'what was the gift of my grandpa'],
  ['one-place', 'how did she feel after the accident', 'how did she feel about her family after the accident'],
  ['one-place', 'what is the fee for a transfer', 'what is the fee for an express transfer'],
];

const same: readonly (readonly [string, string])[] = [
  ['How do I reset my password?', 'how can I reset my password'],
  ['What is the capital of France?', 'Please tell me what the capital of France is.'],
  ['what is the capital of france', 'What is the capital of France?'],
  ['Name three rivers in Asia', 'name 3 rivers in Asia'],
  ['How do I reset my pasword?', 'How do I reset my password?'],
  ["I can't log in to my account, what now?", 'I cannot log in to my account. What now?'],
  ['Where do I find my monthly invoice?', 'Please show me where I can find my monthly invoices'],
  ['What is the cheapest way to send a parcel abroad?', 'What is the least expensive way to ship a parcel abroad?'],
  ['Which files should be deleted?', 'Which of the files should we delete?'],
];

describe('Answers by likeness: words that speak against it', () => {
  for (const [why, one, other] of conflicts)
    test(`[RC5] ${why}: "${one}" is not "${other}"`, () => {
      expect(findQuestionConflict(one, other)).toBe(why);
      expect(findQuestionConflict(other, one)).toBe(why);
    });

  for (const [one, other] of same)
    test(`[RC5] nothing speaks against "${one}" for "${other}"`, () => {
      expect(findQuestionConflict(one, other)).toBeUndefined();
      expect(findQuestionConflict(other, one)).toBeUndefined();
    });
});
