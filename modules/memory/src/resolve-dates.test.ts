import { expect, test } from 'vitest';
import { resolveDates } from './resolve-dates.ts';

// A Wednesday, in the afternoon.
const said = Date.UTC(2023, 4, 10, 15, 30);
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
/** As in `yesterday 2023-05-09`, or with the last day of a span. */
const read = (text: string, at = said): readonly string[] =>
  resolveDates(text, at).map(({ phrase, from, to }) => {
    const last = day(to - 1);
    return last === day(from) ? `${phrase} ${last}` : `${phrase} ${day(from)}..${last}`;
  });

test('[MD1] days that are named by their distance are resolved against when it was said', () => {
  expect(read('I went yesterday, and I go again tomorrow')).toEqual(['yesterday 2023-05-09', 'tomorrow 2023-05-11']);
  expect(read('Last night we sang')).toEqual(['Last night 2023-05-09']);
  expect(read('three days ago')).toEqual(['three days ago 2023-05-07']);
  expect(read('It was the day before yesterday.')).toEqual(['day before yesterday 2023-05-08']);
  expect(read('in 2 days')).toEqual(['in 2 days 2023-05-12']);
});

test('[MD1] weekdays, weeks, months, seasons and years too', () => {
  expect(read('last Tuesday')).toEqual(['last Tuesday 2023-05-09']);
  expect(read('last Wednesday, and next Wednesday')).toEqual([
    'last Wednesday 2023-05-03',
    'next Wednesday 2023-05-17',
  ]);
  expect(read('this Friday, on Monday')).toEqual(['this Friday 2023-05-12', 'on Monday 2023-05-08']);
  expect(read('last week')).toEqual(['last week 2023-05-01..2023-05-07']);
  expect(read('two weekends ago')).toEqual(['two weekends ago 2023-04-29..2023-04-30']);
  expect(read('last month', Date.UTC(2023, 0, 31))).toEqual(['last month 2022-12-01..2022-12-31']);
  expect(read('a year ago; in 2019')).toEqual(['a year ago 2022-01-01..2022-12-31', 'in 2019 2019-01-01..2019-12-31']);
  expect(read('last summer')).toEqual(['last summer 2022-06-01..2022-08-31']);
  expect(read('last May, last June')).toEqual(['last May 2022-05-01..2022-05-31', 'last June 2022-06-01..2022-06-30']);
});

test('[MD1] a day without a year is the nearest one, and what is no date is left alone', () => {
  expect(read('on 7 May')).toEqual(['7 May 2023-05-07']);
  expect(read('December 28th', Date.UTC(2024, 0, 3))).toEqual(['December 28th 2023-12-28']);
  expect(read('on March 3rd, 2021')).toEqual(['March 3rd, 2021 2021-03-03']);
  expect(read('on 2024-02-29')).toEqual(['2024-02-29 2024-02-29']);
  expect(read('It may rain, and two people ago nobody came. Version 2023-99-99.')).toEqual([]);
});
