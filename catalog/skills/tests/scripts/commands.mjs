// How the tests are run, told by manifests, build files and CI; most direct first.

import { readTextAt } from './lib/repository.mjs';

const shownMax = 12;
const shareMin = 0.15;

/** `[{ command, why }]`. `languages` maps a language to its share of the source; a helper script does not make a Python project. */
export function findCommands(root, paths, { frameworks, languages }) {
  const commands = [];
  const speaks = (language) => (languages.get(language) ?? 0) >= shareMin;
  const add = (command, why) => {
    if (!commands.some((item) => item.command === command)) commands.push({ command, why });
  };
  addNpm(root, paths, add);
  if (speaks('Python')) addPython(paths, frameworks, add);
  addMake(root, paths, add);
  if (paths.includes('Cargo.toml')) add('cargo test', 'Cargo.toml');
  if (paths.includes('go.mod')) add('go test ./...', 'go.mod');
  if (paths.includes('pom.xml')) add(paths.includes('mvnw') ? './mvnw test' : 'mvn test', 'pom.xml');
  if (paths.some((path) => /^(?:build|settings)\.gradle(?:\.kts)?$/.test(path)))
    add(paths.includes('gradlew') ? './gradlew test' : 'gradle test', 'Gradle build');
  if (speaks('C#') && paths.some((path) => /\.(?:sln|csproj)$/.test(path))) add('dotnet test', '.NET project');
  if (paths.includes('Rakefile')) add('bundle exec rake', 'Rakefile');
  if (paths.includes('.rspec') || frameworks.has('RSpec')) add('bundle exec rspec', 'RSpec');
  if (paths.some((path) => /^phpunit(?:\.dist)?\.xml(?:\.dist)?$/.test(path)))
    add('vendor/bin/phpunit', 'PHPUnit configuration');
  if (paths.includes('configure.ac') || paths.includes('configure')) add('./configure && make check', 'Autotools');
  if (paths.includes('mix.exs')) add('mix test', 'mix.exs');
  if (paths.includes('Package.swift')) add('swift test', 'Package.swift');
  if (paths.includes('CMakeLists.txt'))
    add('cmake -B build && cmake --build build && ctest --test-dir build', 'CMakeLists.txt');
  if (paths.includes('meson.build')) add('meson setup build && meson test -C build', 'meson.build');
  return commands.slice(0, shownMax);
}

function addNpm(root, paths, add) {
  if (!paths.includes('package.json')) return;
  const runner = paths.includes('pnpm-lock.yaml')
    ? 'pnpm'
    : paths.includes('yarn.lock')
      ? 'yarn'
      : paths.includes('bun.lock') || paths.includes('bun.lockb')
        ? 'bun run'
        : 'npm run';
  let scripts;
  try {
    scripts = JSON.parse(readTextAt(root, 'package.json') ?? '{}').scripts ?? {};
  } catch {
    return;
  }
  for (const [name, script] of Object.entries(scripts)) {
    if (
      !/^test(?::|$)|^(?:unit|e2e|spec)(?::|$)/.test(name) ||
      typeof script !== 'string' ||
      /no test specified/.test(script)
    )
      continue;
    add(
      name === 'test' && runner === 'npm run' ? 'npm test' : `${runner} ${name}`,
      `package.json: ${script.slice(0, 100)}`,
    );
  }
}

function addPython(paths, frameworks, add) {
  if (paths.includes('tox.ini')) add('tox', 'tox.ini');
  if (paths.includes('noxfile.py')) add('nox', 'noxfile.py');
  if (frameworks.has('pytest')) add('python -m pytest', 'pytest is used');
  else if (frameworks.has('unittest')) add('python -m unittest', 'unittest is used');
  if (paths.includes('manage.py')) add('python manage.py test', 'manage.py');
}

function addMake(root, paths, add) {
  const makefile = ['Makefile', 'makefile', 'GNUmakefile', 'Makefile.am'].find((name) => paths.includes(name));
  if (makefile === undefined) return;
  const text = readTextAt(root, makefile) ?? '';
  for (const target of ['test', 'check', 'tests', 'unit-test', 'integration-test', 'kselftest']) {
    if (new RegExp(`^${target}\\s*:`, 'm').test(text)) add(`make ${target}`, makefile);
  }
}
