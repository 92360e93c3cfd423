// Which test frameworks a repository uses, told by its manifests and by what its test files import or call.

/** `name`, `language`, `manifest` (found in a manifest's text), `source` (found in a test file). */
export const frameworks = [
  { name: 'Vitest', language: 'JavaScript', manifest: /"vitest"\s*:/, source: /from ['"]vitest['"]/ },
  {
    name: 'Jest',
    language: 'JavaScript',
    manifest: /"(?:jest|ts-jest|@jest\/core|react-scripts)"\s*:/,
    source: /from ['"]@jest\/globals['"]|\bjest\.(?:fn|mock|spyOn)\(/,
  },
  {
    name: 'Mocha',
    language: 'JavaScript',
    manifest: /"mocha"\s*:/,
    source: /from ['"]mocha['"]|require\(['"]mocha['"]\)/,
  },
  { name: 'node:test', language: 'JavaScript', source: /['"]node:test['"]/ },
  { name: 'AVA', language: 'JavaScript', manifest: /"ava"\s*:/, source: /['"]ava['"]/ },
  {
    name: 'tap',
    language: 'JavaScript',
    manifest: /"(?:tap|tape)"\s*:/,
    source: /require\(['"](?:tap|tape)['"]\)|from ['"](?:tap|tape)['"]/,
  },
  { name: 'Jasmine', language: 'JavaScript', manifest: /"jasmine(?:-core)?"\s*:/, source: /\bjasmine\.\w/ },
  {
    name: 'Playwright',
    language: 'JavaScript',
    manifest: /"@playwright\/test"\s*:/,
    source: /['"]@playwright\/test['"]/,
  },
  { name: 'Cypress', language: 'JavaScript', manifest: /"cypress"\s*:/, source: /\bcy\.(?:visit|get|contains)\(/ },
  {
    name: 'tstyche or tsd (types)',
    language: 'TypeScript',
    manifest: /"(?:tstyche|tsd)"\s*:/,
    source: /['"](?:tstyche|tsd)['"]/,
  },
  {
    name: 'fast-check (properties)',
    language: 'JavaScript',
    manifest: /"fast-check"\s*:/,
    source: /['"]fast-check['"]/,
  },
  {
    name: 'pytest',
    language: 'Python',
    manifest: /\bpytest\b/,
    source: /^\s*(?:import pytest|from pytest|@pytest\.)/m,
  },
  { name: 'unittest', language: 'Python', source: /\bunittest\.TestCase\b|^\s*import unittest/m },
  { name: 'Hypothesis (properties)', language: 'Python', manifest: /\bhypothesis\b/, source: /^\s*from hypothesis/m },
  { name: 'doctest', language: 'Python', source: /\bdoctest\.testmod\(/ },
  { name: 'Go testing', language: 'Go', source: /func (?:Test|Benchmark|Fuzz)\w*\(\w+ \*testing\./ },
  { name: 'testify', language: 'Go', manifest: /stretchr\/testify/, source: /stretchr\/testify/ },
  { name: 'Ginkgo', language: 'Go', manifest: /onsi\/ginkgo/, source: /onsi\/ginkgo/ },
  { name: 'Rust tests', language: 'Rust', source: /#\[(?:tokio::|async_std::)?test\b/ },
  {
    name: 'proptest or quickcheck',
    language: 'Rust',
    manifest: /^\s*(?:proptest|quickcheck)\b/m,
    source: /\b(?:proptest!|quickcheck!)/,
  },
  { name: 'JUnit 5', language: 'Java', manifest: /junit-jupiter/, source: /org\.junit\.jupiter/ },
  { name: 'JUnit 4', language: 'Java', source: /import (?:static )?org\.junit\.(?!jupiter)/ },
  { name: 'TestNG', language: 'Java', manifest: /<artifactId>testng</, source: /org\.testng/ },
  { name: 'Spock', language: 'Groovy', manifest: /spock-core/, source: /extends Specification\b/ },
  { name: 'Kotest', language: 'Kotlin', manifest: /kotest/, source: /io\.kotest/ },
  {
    name: 'GoogleTest',
    language: 'C++',
    manifest: /\b(?:GTest|googletest)\b/,
    source: /\b(?:TEST|TEST_F|TEST_P)\(\s*\w+\s*,/,
  },
  { name: 'Catch2', language: 'C++', manifest: /\bCatch2\b/, source: /\bTEST_CASE\(\s*"/ },
  {
    name: 'CUnit, Check or CMocka',
    language: 'C',
    manifest: /\b(?:cunit|cmocka)\b/i,
    source: /\b(?:CU_ASSERT|START_TEST\(|cmocka_unit_test)/,
  },
  { name: 'KUnit', language: 'C', source: /\bKUNIT_CASE\(/ },
  { name: 'xUnit.net', language: 'C#', manifest: /"xunit"|Include="xunit/, source: /using Xunit\b/ },
  { name: 'NUnit', language: 'C#', manifest: /Include="NUnit/, source: /using NUnit\b/ },
  { name: 'MSTest', language: 'C#', manifest: /Include="MSTest/, source: /UnitTesting\b/ },
  { name: 'RSpec', language: 'Ruby', manifest: /\brspec\b/, source: /\bRSpec\.describe\b|^\s*describe .* do$/m },
  { name: 'Minitest', language: 'Ruby', manifest: /\bminitest\b/, source: /Minitest::Test|require ["']minitest/ },
  {
    name: 'PHPUnit',
    language: 'PHP',
    manifest: /phpunit\/phpunit/,
    source: /extends (?:\\?PHPUnit\\Framework\\)?TestCase\b/,
  },
  { name: 'Pest', language: 'PHP', manifest: /pestphp\/pest/, source: /^\s*(?:it|test)\(['"].*function/m },
  { name: 'XCTest', language: 'Swift', source: /import XCTest\b/ },
  { name: 'Bats', language: 'Shell', source: /^@test "/m },
  { name: 'ExUnit', language: 'Elixir', source: /use ExUnit\.Case/ },
  { name: 'Test::More', language: 'Perl', source: /use Test::More\b/ },
];

/** Tests that do not run. `focused` ones silence all others in their file, which is worse. */
export const markers = [
  {
    kind: 'focused',
    languages: ['JavaScript', 'TypeScript'],
    pattern:
      /(?<![\w.$])(?:describe|context|it|test|suite|specify)\.only\s*\(|(?<![\w.$])(?:fdescribe|fit|iit|ddescribe)\s*\(\s*['"`]/,
  },
  {
    kind: 'skipped',
    languages: ['JavaScript', 'TypeScript'],
    pattern:
      /(?<![\w.$])(?:describe|context|it|test|suite|specify)\.(?:skip|todo)\s*\(|(?<![\w.$])(?:xdescribe|xit|xtest|xcontext)\s*\(\s*['"`]/,
  },
  {
    kind: 'skipped',
    languages: ['Python'],
    pattern: /@(?:pytest\.mark\.skip\b|unittest\.skip\b(?!If|Unless)|skip\()|^\s*pytest\.skip\(\s*(?:\)|["'])/,
  },
  { kind: 'skipped', languages: ['Go'], pattern: /^\s*(?:t|b)\.Skip(?:Now|f)?\(/ },
  { kind: 'skipped', languages: ['Rust'], pattern: /^\s*#\[ignore\b/ },
  { kind: 'skipped', languages: ['Java', 'Kotlin'], pattern: /^\s*@(?:Disabled|Ignore)\b/ },
  { kind: 'skipped', languages: ['C#'], pattern: /\[(?:Ignore|Fact\(Skip|Theory\(Skip)/ },
  {
    kind: 'focused',
    languages: ['Ruby'],
    pattern: /^\s*(?:fit|fdescribe|fcontext)\s+["']|,\s*(?:focus:\s*true|:focus)\b/,
  },
  { kind: 'skipped', languages: ['Ruby'], pattern: /^\s*(?:xit|xdescribe|xcontext|pending)\s+["']|^\s*skip\b/ },
  { kind: 'skipped', languages: ['PHP'], pattern: /->markTest(?:Skipped|Incomplete)\(/ },
  { kind: 'skipped', languages: ['C++'], pattern: /\bTEST(?:_F|_P)?\(\s*\w+\s*,\s*DISABLED_|\bGTEST_SKIP\(/ },
  { kind: 'skipped', languages: ['Swift'], pattern: /\bXCTSkip\b/ },
];

/** What a test looks like, to count them; roughly, for a sense of size. */
export const testShapes = {
  JavaScript: /(?<![\w.$])(?:it|test)(?:\.(?:each|concurrent|serial|only|skip)\b[^(\n]*)?\s*\(/g,
  TypeScript: /(?<![\w.$])(?:it|test)(?:\.(?:each|concurrent|serial|only|skip)\b[^(\n]*)?\s*\(/g,
  Python: /^\s*(?:async )?def test\w*\(/gm,
  Go: /^func (?:Test|Benchmark|Fuzz|Example)\w*\(/gm,
  Rust: /#\[(?:tokio::|async_std::)?test\b/g,
  Java: /^\s*@(?:Test|ParameterizedTest|RepeatedTest)\b/gm,
  Kotlin: /^\s*@(?:Test|ParameterizedTest)\b/gm,
  'C#': /\[(?:Fact|Theory|Test|TestMethod|TestCase)\b/g,
  'C++': /\b(?:TEST|TEST_F|TEST_P|TEST_CASE|TYPED_TEST)\s*\(/g,
  C: /\b(?:START_TEST|KUNIT_CASE|TEST|cmocka_unit_test)\s*\(/g,
  Ruby: /^\s*(?:it|test|specify)\s+["']|^\s*def test_/gm,
  PHP: /function test\w*\(|@test\b|#\[Test\]/g,
  Swift: /func test\w*\(/g,
  Shell: /^@test "/gm,
  Elixir: /^\s*test "/gm,
};
