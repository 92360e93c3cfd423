// Which build systems, CI services, containers and checkers a repository uses, told by files that only they need.

import { compareText } from './lib/skill-run.mjs';

const signs = [
  ['build', 'npm', /(?:^|\/)package\.json$/],
  ['build', 'Cargo', /(?:^|\/)Cargo\.toml$/],
  ['build', 'Go modules', /(?:^|\/)go\.mod$/],
  ['build', 'Maven', /(?:^|\/)pom\.xml$/],
  ['build', 'Gradle', /(?:^|\/)(?:build|settings)\.gradle(?:\.kts)?$/],
  ['build', 'Python packaging', /(?:^|\/)(?:pyproject\.toml|setup\.py|setup\.cfg)$/],
  ['build', 'CMake', /(?:^|\/)CMakeLists\.txt$/],
  ['build', 'Meson', /(?:^|\/)meson\.build$/],
  ['build', 'Autotools', /(?:^|\/)configure\.(?:ac|in)$/],
  ['build', 'Make', /(?:^|\/)(?:GNU)?[Mm]akefile$/],
  ['build', 'Bazel', /(?:^|\/)(?:WORKSPACE|MODULE\.bazel)$/],
  ['build', 'Bundler', /(?:^|\/)Gemfile$/],
  ['build', 'Composer', /(?:^|\/)composer\.json$/],
  ['build', '.NET', /\.(?:csproj|fsproj|vbproj|sln)$/],
  ['build', 'Swift packages', /(?:^|\/)Package\.swift$/],
  ['build', 'Mix', /(?:^|\/)mix\.exs$/],
  ['build', 'Nix', /(?:^|\/)(?:flake|default|shell)\.nix$/],
  ['ci', 'GitHub Actions', /^\.github\/workflows\/[^/]+\.ya?ml$/],
  ['ci', 'GitLab CI', /^\.gitlab-ci\.yml$/],
  ['ci', 'CircleCI', /^\.circleci\/config\.yml$/],
  ['ci', 'Travis CI', /^\.travis\.yml$/],
  ['ci', 'Azure Pipelines', /^azure-pipelines\.yml$/],
  ['ci', 'Jenkins', /^Jenkinsfile$/],
  ['ci', 'AppVeyor', /^\.?appveyor\.yml$/],
  ['ci', 'Buildkite', /^\.buildkite\//],
  ['ci', 'Cirrus CI', /^\.cirrus\.ya?ml$/],
  ['container', 'Dockerfile', /(?:^|\/)(?:Dockerfile|Containerfile)(?:[.-][\w.-]+)?$/],
  ['container', 'Compose', /(?:^|\/)(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/],
  ['container', 'Helm', /(?:^|\/)Chart\.yaml$/],
  ['container', 'Terraform', /\.tf$/],
  ['check', 'ESLint', /(?:^|\/)(?:\.eslintrc(?:\.\w+)?|eslint\.config\.[cm]?[jt]s)$/],
  ['check', 'Prettier', /(?:^|\/)(?:\.prettierrc(?:\.\w+)?|prettier\.config\.[cm]?js)$/],
  ['check', 'Biome', /(?:^|\/)biome\.jsonc?$/],
  ['check', 'TypeScript', /(?:^|\/)tsconfig(?:\.[\w-]+)?\.json$/],
  ['check', 'Ruff', /(?:^|\/)\.?ruff\.toml$/],
  ['check', 'mypy', /(?:^|\/)\.?mypy\.ini$/],
  ['check', 'pre-commit', /^\.pre-commit-config\.yaml$/],
  ['check', 'golangci-lint', /(?:^|\/)\.golangci\.ya?ml$/],
  ['check', 'rustfmt', /(?:^|\/)\.?rustfmt\.toml$/],
  ['check', 'Clippy', /(?:^|\/)\.?clippy\.toml$/],
  ['check', 'clang-format', /(?:^|\/)\.clang-format$/],
  ['check', 'clang-tidy', /(?:^|\/)\.clang-tidy$/],
  ['check', 'EditorConfig', /(?:^|\/)\.editorconfig$/],
  ['check', 'Dependabot', /^\.github\/dependabot\.ya?ml$/],
  ['check', 'Renovate', /(?:^|\/)\.?renovate(?:rc)?\.json5?$/],
  ['owners', 'CODEOWNERS', /(?:^|\/)CODEOWNERS$/],
];

/** `[{ kind, name, path, count }]`; `path` is the shortest, which is the one nearest to the root. */
export function findTooling(files) {
  const found = new Map();
  for (const { path, vendored, example, test } of files) {
    if (vendored || example || test) continue;
    for (const [kind, name, pattern] of signs) {
      if (!pattern.test(path)) continue;
      const entry = found.get(name) ?? { kind, name, path, count: 0 };
      entry.count++;
      if (path.length < entry.path.length) entry.path = path;
      found.set(name, entry);
    }
  }
  return [...found.values()].sort((a, b) => compareText(a.kind, b.kind) || compareText(a.name, b.name));
}
