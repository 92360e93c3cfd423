// What is put where a program expects something else: a corpus of strings that break programs, injections for everything that
// stands behind interfaces such as ours, and values of the wrong kind.

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Json } from '@chorale/lib-client';

const root = resolve(import.meta.dirname, '../..');
const data = process.env['CHORALE_TEST_DATA'] ?? resolve(root, '../shared/data');

export function findCorpus(name: string, folder = data): string {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  throw new Error(`${path} is missing: set CHORALE_TEST_DATA to a folder that holds ${name}`);
}

export function naughtyStrings(folder?: string): readonly string[] {
  return JSON.parse(
    readFileSync(join(findCorpus('naughty-strings', folder), 'blns.json'), 'utf8'),
  ) as readonly string[];
}

const written =
  String.raw`
' OR '1'='1
" OR ""="
'; DROP TABLE goals; --
1; SELECT pg_sleep(5)--
' UNION SELECT NULL,NULL,NULL--
admin'--
1' AND SLEEP(5)#
') OR ('a'='a
'||(SELECT version())||'
1/**/OR/**/1=1
x' AND 1=CAST((SELECT current_user) AS int)--
%27%20OR%201=1
\'; EXEC xp_cmdshell('id');--
'; ATTACH DATABASE '/tmp/x.db' AS x;--
1 AND randomblob(1000000000)
' AND load_extension('x')--
' GROUP BY 1 HAVING 1=1--
'; COPY goals TO PROGRAM 'id';--
1 ORDER BY 9999
0x27206f7220313d31
ʼ OR 1=1--
＇ OR 1=1--
{"$ne": null}
{"$where": "sleep(5000)"}
' || '1'=='1
{{7*7}}
#{7*7}
<%= 7*7 %>
@(7*7)
*{7*7}
~{7*7}
[[7*7]]
{% raw %}
{{constructor.constructor("return process")()}}
{{= global.process.env }}
$` +
  '{{ inputs }}' +
  String.raw`
$` +
  '{{ goal.id.constructor }}' +
  String.raw`
$$` +
  '{{ x }}' +
  String.raw`
$` +
  '{7*7}' +
  String.raw`
$` +
  '{jndi:ldap://127.0.0.1/a}' +
  String.raw`
$` +
  '{env:HOME}' +
  String.raw`
; id
| id
|| id
&& id
$(id)
; sleep 5
| sleep 5 &
%0aid
--help
-rf /
--upload-pack=id
ext::sh -c id
;{id,}
$IFS$9id
a;$(curl 127.0.0.1)
>/tmp/x
<(id)
!!
*
~root
../../../../etc/passwd
..\..\windows\win.ini
/etc/passwd%00.png
....//....//etc/passwd
%2e%2e%2f%2e%2e%2fetc%2fpasswd
..%252f..%252fetc
file:///etc/passwd
/proc/self/environ
C:\
\\127.0.0.1\share
.
..
/
//
./.
a/../b
a%2fb
%00
..;/
%c0%ae%c0%ae/
*)(uid=*))(|(uid=*
<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>
<?xml version="1.0"?><x/>
%0d%0ax: y
%s%s%s%n
%x%x%x%x
__proto__
constructor
prototype
toString
hasOwnProperty
__defineGetter__
NaN
Infinity
-0
1e309
0x7fffffff
9007199254740993
true
null
undefined
=cmd|'/C calc'!A0
@SUM(1)
data:text/html,<script>1</script>
javascript:alert(1)
<svg onload=alert(1)>
![x](http://127.0.0.1/?q=1)
ＡＤＭＩＮ
xn--
(a+)+$
((((((((((a*)*)*)*)*)*)*)*)*)*)b
a{1,99999}
.*.*.*.*=
2026-99-99T99:99:99Z
0000-00-00
-271821-04-20T00:00:00Z
+275760-09-13T00:00:00.001Z
* * * * * *
@reboot
*/0 * * * *
sha256:
goal_
urn:x
http://[::1
http://127.1
http://169.254.169.254/latest/meta-data/
127.0.0.1:0
:::::
,,,,
;;;;
goal_00000000000000000000000000
sha256:0000000000000000000000000000000000000000000000000000000000000000
tools:x
queue:x
env:HOME
file:/etc/passwd
secret:x`;

const unprintable = [
  '\nid\n',
  '\r\nset-cookie: x=y',
  '\r\n\r\nHTTP/1.1 200 OK',
  '\u202egnp.exe',
  '\ufeff',
  '\u0000',
  '\u0085',
  '\u2028',
  'e\u0301',
  'a\u0000b',
  '`id`',
  '\u{10ffff}',
  '\u200b',
];

export const injections: readonly string[] = [...written.split('\n').filter((text) => text !== ''), ...unprintable];

/** Values of a kind that nobody asked for. */
export const wrongKinds: readonly Json[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  2 ** 53,
  [],
  [[]],
  ['x'],
  [null],
  {},
  { $ne: null },
  { $gt: '' },
  { toString: 'x' },
  { constructor: { prototype: { admin: true } } },
  { length: 1e9 },
  'x'.repeat(70_000),
  Array.from({ length: 5_000 }, () => 0),
];
